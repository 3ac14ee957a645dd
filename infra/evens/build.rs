//! Builds again when a file of the pages is added: the compiler knows only of those that were embedded before.

fn main() {
    println!("cargo:rerun-if-changed=../../web");
}
