//! What is in the memory of another process.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Everything readable in a process's memory.
pub(crate) fn memory(pid: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("the process runs");
    let mut memory = File::open(format!("/proc/{pid}/mem")).expect("its memory can be opened");
    let mut all = Vec::new();
    for line in maps.lines() {
        let (range, rest) = line.split_once(' ').expect("a line of maps");
        let (start, end) = range.split_once('-').expect("a range");
        let parse = |text| u64::from_str_radix(text, 16).expect("an address");
        let (start, end) = (parse(start), parse(end));
        // Pages of files hold what the files hold, and some of the kernel's own cannot be read.
        if !rest.starts_with("rw") || memory.seek(SeekFrom::Start(start)).is_err() {
            continue;
        }
        let _ = (&mut memory).take(end - start).read_to_end(&mut all);
    }
    all
}
