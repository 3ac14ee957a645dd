//! `infra/box/backup.sh`, run with programs that imitate a machine: room, the archives that stay, and the bucket.

use crate::one_box::file;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A script of `infra/box` with `common.sh` beside it, in a folder that stands for the root of a machine. The programs
/// in `bin` replace those of the system, and write their calls into `calls`.
pub(crate) struct Machine {
    pub(crate) folder: PathBuf,
}

/// The result of a run: its exit code, its standard error, and the calls of programs.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) errors: String,
    pub(crate) calls: Vec<String>,
}

impl Machine {
    /// The script with each path of a machine replaced by one in the folder, and further replacements.
    pub(crate) fn new(name: &str, script: &str, replaced: &[(&str, &str)]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for part in ["bin", "box", "dev/disk/by-id", "etc/evens", "opt/evens/current", "var/lib/evens/data"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        for name in [script, "common.sh"] {
            let mut text = file(&format!("infra/box/{name}"));
            for (said, instead) in replaced {
                text = text.replace(said, instead);
            }
            for path in ["/dev/disk", "/dev/sdf", "/dev/xvdf", "/etc/", "/opt/evens", "/var/"] {
                text = text.replace(path, &format!("{}{path}", folder.display()));
            }
            fs::write(folder.join("box").join(name), text).unwrap();
        }
        let machine = Self { folder };
        machine.program("bin/id", "echo 0");
        machine
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.join(path), text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap_or_default()
    }

    /// A program of bash, for which `$FOLDER` is the folder of the machine.
    pub(crate) fn program(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::write(&path, format!("#!/usr/bin/env bash\nFOLDER={}\n{text}\n", self.folder.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Run {
        let path = format!("{}/bin:{}", self.folder.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.arg(self.folder.join("box").join(script)).args(arguments);
        let output = command.env("PATH", path).env("TMPDIR", &self.folder).output().unwrap();
        let calls = self.read("calls");
        let _ = fs::remove_file(self.folder.join("calls"));
        Run {
            code: output.status.code(),
            errors: String::from_utf8(output.stderr).unwrap(),
            calls: calls.lines().map(str::to_owned).collect(),
        }
    }
}

const FOLDER: &str = "var/backups/evens";

/// A machine whose table has 1000 bytes, and whose disks have 5000 bytes left.
fn machine(name: &str) -> Machine {
    let machine = Machine::new(name, "backup.sh", &[]);
    let data = machine.folder.join("var/lib/evens/data");
    machine.write("etc/evens/evens.env", &format!("EVENS_ENGINES=embedded\nEVENS_DATA={}\n", data.display()));
    machine.write("table", "1000");
    machine.write("free-data", "5000");
    machine.write("free-root", "5000");
    // The first line is the heading.
    machine.program(
        "bin/df",
        r#"echo Avail
case "${*: -1}" in */lib/*) cat "$FOLDER/free-data" ;; *) cat "$FOLDER/free-root" ;; esac"#,
    );
    machine.program("bin/du", r#"printf '%s\t%s\n' "$(cat "$FOLDER/table")" "${*: -1}""#);
    machine.program("bin/date", r#"[ "$1" = --utc ] && cat "$FOLDER/now""#);
    // Runs the command after the options.
    machine.program("bin/systemd-run", r#"while [[ $1 == --* ]]; do shift; done; exec "$@""#);
    machine.program(
        "bin/aws",
        r#"echo "aws $*" >> "$FOLDER/calls"
[ ! -e "$FOLDER/unreachable" ] || { echo "no connection" >&2; exit 1; }"#,
    );
    machine.program(
        "opt/evens/current/evens",
        r#"echo "evens $1" >> "$FOLDER/calls"
case "$1" in
  backup) mkdir "$2" && echo books > "$2/table" ;;
  verify) exit "$(cat "$FOLDER/verified" 2> /dev/null || echo 0)" ;;
  user) echo '{"count":1,"users":[]}' ;;
esac"#,
    );
    machine
}

/// Runs the script at a time such as `20261120T080000Z`.
fn back_up(machine: &Machine, now: &str) -> Run {
    machine.write("now", now);
    machine.run("backup.sh", &[])
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The names of archives, without the common parts.
fn archives(machine: &Machine) -> Vec<String> {
    let names = names(&machine.folder.join(FOLDER)).into_iter();
    let times =
        names.filter_map(|name| Some(name.strip_prefix("evens-")?.strip_suffix(".tar.gz")?.to_owned()));
    times.collect()
}

fn uploads(run: &Run) -> Vec<&str> {
    run.calls.iter().filter_map(|call| call.strip_prefix("aws s3 cp ")).collect()
}

/// Requires a failure with this message, which names the script, as its last line.
#[track_caller]
fn assert_fails(run: &Run, message: &str) {
    assert_eq!(run.code, Some(1), "{}", run.errors);
    let last = run.errors.lines().last().unwrap_or_default();
    assert!(last.starts_with("backup.sh: ") && last.contains(message), "{}", run.errors);
}

#[test]
fn without_room_nothing_is_copied() {
    let machine = machine("backup-room");
    for (data, root, disk) in [("999", "5000", "/var/lib/evens"), ("5000", "999", "/var/backups/evens")] {
        machine.write("free-data", data);
        machine.write("free-root", root);
        let run = back_up(&machine, "20261120T080000Z");
        let disk = format!("{}{disk}", machine.folder.display());
        let message =
            format!("NO COPY WAS MADE: the disk of {disk} has 999 bytes left, and a copy needs 1000");
        assert_fails(&run, &message);
        assert_eq!(run.calls, Vec::<String>::new(), "{disk}");
        assert_eq!(names(&machine.folder.join(FOLDER)), BTreeSet::new());
        assert_eq!(names(&machine.folder.join("var/lib/evens")), BTreeSet::from(["data".to_owned()]));
    }
    // Exactly enough.
    machine.write("free-data", "1000");
    machine.write("free-root", "1000");
    assert_eq!(back_up(&machine, "20261120T090000Z").code, Some(0));
    // From the second archive on, the root disk needs twice the room of the newest one.
    let newest = machine.folder.join(FOLDER).join("evens-20261120T090000Z.tar.gz");
    let twice = 2 * fs::metadata(newest).unwrap().len();
    machine.write("free-root", &(twice - 1).to_string());
    assert_fails(&back_up(&machine, "20261120T100000Z"), &format!("and a copy needs {twice}."));
    machine.write("free-root", &twice.to_string());
    assert_eq!(back_up(&machine, "20261120T110000Z").code, Some(0));
    assert_eq!(archives(&machine), ["20261120T090000Z", "20261120T110000Z"]);
}

/// The engines delete files while `du` reads their sizes.
#[test]
fn a_file_that_disappears_stops_no_copy() {
    let machine = machine("backup-du");
    let size = r#"printf '1000\t%s\n' "${*: -1}"; echo "du: cannot access '1.sst'" >&2; exit 1"#;
    machine.program("bin/du", size);
    let run = back_up(&machine, "20261120T080000Z");
    assert_eq!((run.code, archives(&machine).len()), (Some(0), 1), "{}", run.errors);
    machine.program("bin/du", "exit 1");
    assert_fails(&back_up(&machine, "20261120T090000Z"), "/var/lib/evens/data could not be read");
    assert_eq!(archives(&machine).len(), 1);
}

#[test]
fn the_newest_six_archives_stay() {
    let machine = machine("backup-kept");
    let times: Vec<_> = (0..8).map(|hour| format!("20261120T0{hour}0000Z")).collect();
    for time in &times {
        let run = back_up(&machine, time);
        assert_eq!(run.code, Some(0), "{}", run.errors);
        assert_eq!(run.calls, ["evens backup", "evens verify"], "without a bucket, nothing is uploaded");
    }
    assert_eq!(archives(&machine), times[2..]);
    // Neither the copy nor an unfinished archive stays.
    assert_eq!(names(&machine.folder.join("var/lib/evens")), BTreeSet::from(["data".to_owned()]));
    assert_eq!(names(&machine.folder.join(FOLDER)).len(), 6);
    // An archive has what `evens backup` wrote.
    let newest = machine.folder.join(FOLDER).join("evens-20261120T070000Z.tar.gz");
    let read = Command::new("tar").arg("-xzOf").arg(newest).arg("./table").output().unwrap();
    assert_eq!(read.stdout, b"books\n");

    // Earlier archives stay if the books have a violation.
    machine.write("verified", "1");
    let run = back_up(&machine, "20261120T080000Z");
    assert_fails(&run, "THE BOOKS ARE NOT IN ORDER");
    assert_eq!(archives(&machine).len(), 7);
}

#[test]
fn the_first_archive_of_a_day_is_uploaded() {
    let machine = machine("backup-bucket");
    machine.write("etc/evens/backup.env", "BUCKET=our-backups\nAWS_DEFAULT_REGION=ap-south-1\n");
    for (time, is_uploaded) in [
        ("20261120T220000Z", true),
        ("20261120T230000Z", false),
        ("20261121T000000Z", true),
        ("20261121T010000Z", false),
    ] {
        let run = back_up(&machine, time);
        assert_eq!(run.code, Some(0), "{}", run.errors);
        let archive = machine.folder.join(FOLDER).join(format!("evens-{time}.tar.gz"));
        let upload = format!(
            "--only-show-errors --region ap-south-1 {} s3://our-backups/evens-{time}.tar.gz",
            archive.display()
        );
        assert_eq!(uploads(&run), if is_uploaded { vec![&*upload] } else { vec![] }, "{time}");
    }
    // The region is optional, and an empty bucket is none.
    machine.write("etc/evens/backup.env", "BUCKET=our-backups\n");
    let run = back_up(&machine, "20261122T000000Z");
    assert!(matches!(uploads(&run)[..], [upload] if !upload.contains("--region")), "{:?}", run.calls);
    machine.write("etc/evens/backup.env", "BUCKET=\n");
    let run = back_up(&machine, "20261123T000000Z");
    assert_eq!((run.code, uploads(&run).len()), (Some(0), 0));
}

#[test]
fn a_failed_upload_is_reported_and_repeated() {
    let machine = machine("backup-unreachable");
    machine.write("etc/evens/backup.env", "BUCKET=our-backups\n");
    machine.write("unreachable", "");
    let times: Vec<_> = (0..8).map(|hour| format!("20261120T0{hour}0000Z")).collect();
    for time in &times {
        let run = back_up(&machine, time);
        assert_fails(&run, &format!("evens-{time}.tar.gz could not be stored in the bucket our-backups"));
        assert_eq!(uploads(&run).len(), 1);
        assert_eq!(archives(&machine).last(), Some(time), "the archive stays on the machine");
    }
    assert_eq!(archives(&machine), times[2..], "archives do not fill the disk meanwhile");
    fs::remove_file(machine.folder.join("unreachable")).unwrap();
    let run = back_up(&machine, "20261120T080000Z");
    assert_eq!((run.code, uploads(&run).len()), (Some(0), 1), "{}", run.errors);
    let run = back_up(&machine, "20261120T090000Z");
    assert_eq!((run.code, uploads(&run).len()), (Some(0), 0), "{}", run.errors);
}
