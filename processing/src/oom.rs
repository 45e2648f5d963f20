//! Whether the system's memory killer has struck.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::OnceLock;

/// The kills of this process's memory cgroup that were counted before.
static SEEN: Mutex<Option<u64>> = Mutex::new(None);

/// Notes the count before the first child starts.
pub(crate) fn note() {
    let mut seen = SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if seen.is_none() {
        *seen = Some(count().unwrap_or(0));
    }
}

/// Whether the count rose since the last look.
pub(crate) fn struck() -> bool {
    let mut seen = SEEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let now = count();
    let rose = now.is_some_and(|now| now > seen.unwrap_or(0));
    if now.is_some() {
        *seen = now;
    }
    rose
}

fn count() -> Option<u64> {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| {
        let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        candidates(&groups).into_iter().find(|path| path.exists())
    });
    kills(&std::fs::read_to_string(file.as_ref()?).ok()?)
}

/// Where the count may stand: version 2, version 1, each also at the root that a container sees.
fn candidates(groups: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(names), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        if names.is_empty() {
            found.push(format!("/sys/fs/cgroup{path}/memory.events").into());
            found.push("/sys/fs/cgroup/memory.events".into());
        } else if names.split(',').any(|name| name == "memory") {
            found.push(format!("/sys/fs/cgroup/memory{path}/memory.oom_control").into());
            found.push("/sys/fs/cgroup/memory/memory.oom_control".into());
        }
    }
    found
}

fn kills(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_both_cgroup_versions() {
        assert_eq!(kills("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n"), Some(2));
        assert_eq!(kills("oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"), Some(5));
        assert_eq!(kills("nothing\n"), None);
        let paths = candidates("4:memory:/a/b\n1:cpu:/\n0::/c\n");
        assert_eq!(paths[0], PathBuf::from("/sys/fs/cgroup/memory/a/b/memory.oom_control"));
        assert_eq!(paths[2], PathBuf::from("/sys/fs/cgroup/c/memory.events"));
    }
}
