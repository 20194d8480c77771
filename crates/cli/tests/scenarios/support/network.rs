//! A network in which processes are apart as on computers of their own: each is in a network namespace, and all of
//! those are on one switch, of which some can be taken off together. Whatever is under way then is lost without a word.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The switch to which all are connected, and the one of those who are apart.
const SWITCHES: [&str; 2] = ["whole", "apart"];

/// Networks that this process has made.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// Computers on a network of their own, gone with the test.
pub(crate) struct Network {
    name: String,
    hosts: usize,
}

impl Network {
    /// So many computers; nothing, where this user may not make a network.
    pub(crate) fn new(hosts: usize) -> Option<Self> {
        let made = MADE.fetch_add(1, Ordering::SeqCst);
        let network = Self { name: format!("stillroom-{}-{made}", std::process::id()), hosts };
        let switches = network.namespace("switches");
        let may = Command::new("ip").args(["netns", "add", &switches]).output();
        if !may.is_ok_and(|may| may.status.success()) {
            return None;
        }
        for switch in SWITCHES {
            ip(&format!("-n {switches} link add {switch} type bridge"));
            ip(&format!("-n {switches} link set {switch} up"));
        }
        for host in 0..hosts {
            let (own, address) = (network.namespace(&host.to_string()), network.address(host));
            ip(&format!("netns add {own}"));
            ip(&format!("-n {own} link add wire type veth peer name host{host} netns {switches}"));
            ip(&format!("-n {own} address add {address}/24 dev wire"));
            ip(&format!("-n {own} link set lo up"));
            ip(&format!("-n {own} link set wire up"));
            network.plug(host, "whole");
        }
        Some(network)
    }

    fn namespace(&self, of: &str) -> String {
        format!("{}-{of}", self.name)
    }

    /// Where the others reach one.
    pub(crate) fn address(&self, host: usize) -> String {
        format!("10.77.0.{}", host + 1)
    }

    /// The command as it is started on one of them. It is the same process: sockets that it is given are where they
    /// were opened.
    pub(crate) fn at(&self, host: usize, command: &Command) -> Command {
        let mut there = Command::new("ip");
        there.args(["netns", "exec", &self.namespace(&host.to_string())]);
        there.arg(command.get_program()).args(command.get_args());
        there.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        there
    }

    /// Takes these off the switch: they reach one another, and nobody else.
    pub(crate) fn part(&self, hosts: &[usize]) {
        hosts.iter().for_each(|host| self.plug(*host, "apart"));
    }

    /// Brings all together again.
    pub(crate) fn mend(&self) {
        (0..self.hosts).for_each(|host| self.plug(host, "whole"));
    }

    fn plug(&self, host: usize, switch: &str) {
        let switches = self.namespace("switches");
        ip(&format!("-n {switches} link set host{host} master {switch} up"));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let hosts = (0..self.hosts).map(|host| host.to_string());
        for of in hosts.chain(["switches".to_owned()]) {
            let _ = Command::new("ip").args(["netns", "delete", &self.namespace(&of)]).output();
        }
    }
}

fn ip(arguments: &str) {
    let Output { status, stderr, .. } =
        Command::new("ip").args(arguments.split(' ')).output().expect("ip runs");
    assert!(status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&stderr));
}
