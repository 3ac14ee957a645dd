//! Functions built for one processor cannot be deployed for another one.

use crate::one_box::file;
use crate::root;
use crate::template_yaml::parse;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The field `e_machine` of ELF: x86-64, `AArch64`, RISC-V.
const X86_64: u8 = 0x3e;
const ARM64: u8 = 0xb7;
const RISC_V: u8 = 0xf3;

/// A folder like that of `sam build`, with a function for each machine.
fn build_folder(machines: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("template.yaml"), folder.path().join("template.yaml")).unwrap();
    for (number, machine) in machines.iter().enumerate() {
        let function = folder.path().join(format!("Exchange/Function{number}"));
        fs::create_dir_all(&function).unwrap();
        let mut program = b"\x7fELF".to_vec();
        program.resize(18, 0);
        program.extend([*machine, 0]);
        fs::write(function.join("bootstrap"), program).unwrap();
    }
    folder
}

fn check(folder: &Path) -> Output {
    Command::new(root().join("infra/built-for.sh")).arg(folder).output().unwrap()
}

fn rules(folder: &Path) -> Value {
    parse(&fs::read_to_string(folder.join("template.yaml")).unwrap())["Rules"].clone()
}

#[test]
fn a_built_template_is_for_the_processor_of_its_functions() {
    for (machine, architecture) in [(X86_64, "x86_64"), (ARM64, "arm64")] {
        let folder = build_folder(&[machine, machine]);
        let before = rules(folder.path());
        // The second time changes nothing.
        for _ in 0..2 {
            let output = check(folder.path());
            assert!(output.status.success(), "{output:?}");
        }
        let mut after = rules(folder.path());
        let rule = after.as_object_mut().unwrap().remove("BuiltArchitecture").unwrap();
        assert_eq!(after, before, "the other rules are unchanged");
        let asserted = &rule["Assertions"][0];
        assert_eq!(asserted["Assert"], json!({ "Fn::Equals": [{ "Ref": "Architecture" }, architecture] }));
    }
}

#[test]
fn functions_for_two_processors_are_refused() {
    for (machines, reason) in [
        ([X86_64, ARM64], "Exchange/Function1/bootstrap is for arm64"),
        ([ARM64, X86_64], "Exchange/Function1/bootstrap is for x86_64"),
        ([RISC_V, RISC_V], "neither for arm64 nor for x86_64"),
    ] {
        let folder = build_folder(&machines);
        let output = check(folder.path());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && stderr.contains(reason), "{stderr}");
        assert_eq!(rules(folder.path()).get("BuiltArchitecture"), None);
    }
    assert!(!check(build_folder(&[]).path()).status.success(), "a folder without functions");
}

#[test]
fn the_build_of_all_functions_checks_them() {
    let build = file("infra/build.sh");
    assert!(build.trim_end().ends_with("infra/built-for.sh \"$folder\""), "{build}");
}
