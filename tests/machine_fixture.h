// A directory that stands for "/" in tests of bench/machine: write files into it, pass path().
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace handoff {

class FakeRoot {
 public:
  FakeRoot() {
    std::string name = (std::filesystem::temp_directory_path() / "handoff-root-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~FakeRoot() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  const std::string& path() const { return path_; }

  /// `file` is absolute, as on a real machine.
  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path target(path_ + file);
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target) << text;
  }

  /// A version 2 hierarchy with this process in `group`.
  void mount_cgroup2(const std::string& group) const {
    write("/proc/self/cgroup", "0::" + group + "\n");
    write("/proc/self/mountinfo",
          "22 1 0:20 / /proc rw - proc proc rw\n"
          "30 22 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  /// A version 1 hierarchy for `controller`, of which `mounted` is visible.
  void mount_cgroup1(const std::string& controller, const std::string& group,
                     const std::string& mounted = "/") const {
    write("/proc/self/cgroup", "4:" + controller + ":" + group + "\n1:name=systemd:/\n");
    write("/proc/self/mountinfo", "31 30 0:28 " + mounted + " /sys/fs/cgroup/" + controller +
                                      " rw,relatime - cgroup cgroup rw," + controller + "\n");
  }

 private:
  std::string path_;
};

}  // namespace handoff
