//! What the system lets this process have.

use std::path::Path;

use stillroom_relay::Given;

/// Where Linux shows the groups that processes are held to.
const GROUPS: &str = "/sys/fs/cgroup";

/// Memory is in no core dump: what waits to be delivered, and who waits, are no file's business.
pub(crate) fn keep_no_core() {
    #[cfg(unix)]
    if let Err(error) = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0) {
        crate::terminal::remark(format!("Core dumps cannot be switched off: {error}."));
    }
}

/// As much as there is; of open files, as many as may be had are asked for first.
pub(crate) fn given() -> Given {
    Given { files: rlimit::increase_nofile_limit(u64::MAX).ok(), memory: memory_of("self") }
}

/// Bytes that this process of `/proc` may have: all of the computer's, or what it is held to.
pub(crate) fn memory_of(process: &str) -> Option<u64> {
    [memory_of_computer(), memory_of_group(process)].into_iter().flatten().min()
}

fn memory_of_computer() -> Option<u64> {
    total(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// The least that the process's group, or one that it is in, is held to.
fn memory_of_group(process: &str) -> Option<u64> {
    let groups = std::fs::read_to_string(format!("/proc/{process}/cgroup")).ok()?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    least(Path::new(GROUPS), Path::new(own))
}

fn least(top: &Path, group: &Path) -> Option<u64> {
    let limits = group.ancestors().filter_map(|group| {
        let limit = std::fs::read_to_string(top.join(group).join("memory.max")).ok()?;
        // "max" where there is none.
        limit.trim().parse::<u64>().ok()
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_computers_memory_is_read_in_bytes() {
        assert_eq!(total("MemTotal:        2048 kB\nMemFree: 1 kB\n"), Some(2048 * 1024));
        assert_eq!(total("MemFree: 1 kB\n"), None);
    }

    #[test]
    fn the_narrowest_of_the_groups_around_counts() {
        let top = tempfile::tempdir().unwrap();
        let own = top.path().join("system.slice/stillroom.service");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("memory.max"), "max\n").unwrap();
        std::fs::write(top.path().join("system.slice/memory.max"), "1048576\n").unwrap();
        let group = Path::new("system.slice/stillroom.service");
        assert_eq!(least(top.path(), group), Some(1_048_576));
        std::fs::write(own.join("memory.max"), "4096\n").unwrap();
        assert_eq!(least(top.path(), group), Some(4096));
        assert_eq!(least(top.path(), Path::new("elsewhere")), None);
    }
}
