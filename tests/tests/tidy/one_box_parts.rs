//! External software on one box: pinned versions with checksums. Also the actions of root in folders that other users
//! can write.

use crate::backup::Machine;
use crate::one_box::{changed, file};
use crate::stacks::{ONE_BOX, read};
use crate::{assert_none, is_of_kind, sources};
use serde_json::{Value, json};

/// Commands that root must not run where evens may write, because evens could have placed a link there to one of root's
/// files.
const BY_EVENS: [&str; 6] = ["chown", "install", "mkdir", "mv", "rm", "tar"];

/// Names of paths in the folder of evens.
const OF_EVENS: [&str; 6] = ["\"$before\"", "\"$copy\"", "\"$data\"", "\"$restored\"", "$state/", "$copy/"];

/// The lines of a script that root executes in the folder of evens.
fn by_root(script: &str) -> Vec<String> {
    let commands = script.lines().flat_map(|line| line.split(['|', ';', '\''])).map(str::trim);
    let commands = commands.map(|command| command.trim_start_matches("if ").trim_start_matches("then "));
    let is_wrong = |command: &&str| {
        let mut words = command.split_whitespace();
        words.next().is_some_and(|word| BY_EVENS.contains(&word))
            && OF_EVENS.iter().any(|name| command.contains(name))
    };
    commands.filter(is_wrong).map(str::to_owned).collect()
}

fn wrong_versions(versions: &str) -> Vec<String> {
    let value = |name: &str| {
        versions.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
    };
    let is_version = |text: &str, start: &str| {
        let numbers = text.strip_prefix(start).unwrap_or_default();
        numbers.split('.').count() == 3 && numbers.split('.').all(|number| number.parse::<u32>().is_ok())
    };
    let sum = value("caddy_sha256");
    let rows = [
        ("caddy_version", is_version(value("caddy_version"), "v")),
        ("caddy_go", is_version(value("caddy_go"), "go")),
        ("caddy_sha256", sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())),
    ];
    rows.into_iter()
        .filter(|(_, is_good)| !is_good)
        .map(|(name, _)| format!("{name} is not pinned"))
        .collect()
}

/// Downloads without verification. The release has a checksum, and Debian packages are signed.
fn unchecked(install: &str, start: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let checks = [
        (install, "echo \"$caddy_sha256  $caddy\" | sha256sum --check"),
        (start, "echo \"${ReleaseSha256}  release.tar.gz\" | sha256sum --check"),
        (start, "dpkg --install agents/"),
    ];
    wrong.extend(
        checks
            .iter()
            .filter(|(text, said)| !text.contains(said))
            .map(|(_, said)| format!("nobody says {said}")),
    );
    for text in [install, start] {
        let fetches = text
            .lines()
            .filter(|line| line.contains("http") && line.contains("curl ") || line.contains(" caddy jq"));
        wrong.extend(fetches.map(|line| format!("fetched unchecked: {}", line.trim())));
    }
    wrong
}

/// The snapshots of both volumes: a policy finds them by the tags in the template.
fn wrong_snapshots(template: &Value) -> Vec<String> {
    let resources = &template["Resources"];
    let policy = &resources["Snapshots"];
    let details = &policy["Properties"]["PolicyDetails"];
    let machine = &resources["Machine"]["Properties"];
    let rows = [
        ("the data", details["TargetTags"][0] == resources["DataVolume"]["Properties"]["Tags"][0]),
        ("the root disk", details["TargetTags"][1] == machine["Tags"][0]),
        ("a disk that is called like its machine", machine["PropagateTagsToVolumeOnCreation"] == true),
        ("a box with the engines inside", policy["Condition"] == "IsEmbedded"),
        ("anything", policy["Properties"]["State"] == "ENABLED"),
        ("a number", details["Schedules"][0]["RetainRule"]["Count"]["Ref"] == "SnapshotsKept"),
    ];
    let missing = rows.into_iter().filter(|(_, is_kept)| !is_kept);
    missing.map(|(what, _)| format!("no snapshots are kept of {what}")).collect()
}

fn start_of_machine() -> String {
    let start = &read(ONE_BOX)["Resources"]["Machine"]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"][0];
    start.as_str().unwrap().to_owned()
}

#[test]
fn root_does_nothing_in_the_folder_of_another_user() {
    let is_script = |path: &str| path.starts_with("infra/box/") && is_of_kind(path, "sh");
    let scripts: Vec<_> = sources().into_iter().filter(|source| is_script(&source.path)).collect();
    assert!(scripts.iter().any(|script| script.text().contains("as_evens tar")));
    assert_none(&scripts.iter().flat_map(|script| by_root(script.text())).collect::<Vec<_>>());
    for wrong in [
        "tar --extract --gzip --file \"$archive\" --directory \"$restored\"",
        "chown -R evens:evens \"$restored\"",
        "trap 'rm -rf \"$copy\"' EXIT",
        "if [ -e \"$data\" ]; then mv -T \"$data\" \"$before\"; fi",
    ] {
        assert_eq!(by_root(wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn the_version_of_caddy_is_pinned() {
    let versions = file("infra/box/versions.sh");
    assert_none(&wrong_versions(&versions));
    for (said, instead) in [("caddy_version=v", "caddy_version=latest"), ("caddy_sha256=", "caddy_sha256=0")]
    {
        assert_eq!(wrong_versions(&versions.replace(said, instead)).len(), 1, "{instead}");
    }
}

#[test]
fn nothing_is_installed_unchecked() {
    let (install, start) = (file("infra/box/install.sh"), start_of_machine());
    assert_none(&unchecked(&install, &start));
    let fetch = "curl --fail --remote-name https://s3.amazonaws.com/amazon-ssm/latest/amazon-ssm-agent.deb";
    assert_eq!(unchecked(&install, &format!("{start}\n{fetch}")).len(), 1);
    assert_eq!(unchecked(&install.replace("sha256sum", "true"), &start).len(), 1);
}

#[test]
fn both_disks_outlive_the_machine() {
    let one_box = read(ONE_BOX);
    assert_none(&wrong_snapshots(&one_box));
    for (place, value) in [
        ("/Resources/Snapshots/Properties/PolicyDetails/TargetTags", json!([])),
        ("/Resources/Snapshots/Properties/State", json!("DISABLED")),
        ("/Resources/DataVolume/Properties/Tags", json!([])),
        ("/Resources/Machine/Properties/PropagateTagsToVolumeOnCreation", json!(false)),
    ] {
        assert_ne!(wrong_snapshots(&changed(&one_box, place, value)), Vec::<String>::new(), "{place}");
    }
}

#[test]
fn bodies_wait_in_front() {
    assert!(file("infra/box/Caddyfile").contains("\t\trequest_buffers 8KiB\n"));
}

/// Each site of Caddy leads to an address on which the program listens, and its name comes from the installation.
fn wrong_sites(caddyfile: &str, environment: &str, install: &str) -> Vec<String> {
    let sites = [("EVENS_DOMAIN", "EVENS_LISTEN"), ("EVENS_CONSOLE_DOMAIN", "EVENS_CONSOLE_LISTEN")];
    let mut wrong = Vec::new();
    for (name, listener) in sites {
        let site = caddyfile.split_once(&format!("\n{{${name}}} {{\n")).map(|(_, rest)| rest);
        let site = site.and_then(|rest| rest.split_once("\n}\n")).map_or("", |(site, _)| site);
        let forwarded = site.lines().find_map(|line| line.trim().strip_prefix("import evens "));
        let heard = environment.lines().find_map(|line| line.strip_prefix(listener)?.strip_prefix('='));
        if forwarded.is_none() || forwarded != heard {
            wrong.push(format!("{name} leads to {forwarded:?}, and the program listens on {heard:?}"));
        }
        if !install.contains(&format!("{name}=%s\\n")) {
            wrong.push(format!("install.sh does not write {name}"));
        }
    }
    wrong
}

#[test]
fn a_box_serves_the_console_under_a_name_of_its_own() {
    let [caddyfile, environment, install] =
        ["infra/box/Caddyfile", "infra/box/evens.env", "infra/box/install.sh"].map(file);
    assert_none(&wrong_sites(&caddyfile, &environment, &install));
    for (caddyfile, environment) in [
        (caddyfile.replace("127.0.0.1:8081", "127.0.0.1:8080"), environment.clone()),
        (caddyfile.replace("{$EVENS_CONSOLE_DOMAIN}", "{$EVENS_CONSOLE}"), environment.clone()),
        (caddyfile.clone(), environment.replace("EVENS_CONSOLE_LISTEN=", "#EVENS_CONSOLE_LISTEN=")),
    ] {
        assert_eq!(wrong_sites(&caddyfile, &environment, &install).len(), 1);
    }
}

/// Answers that a client does not read wait in the kernel.
#[test]
fn the_kernel_keeps_little_for_a_connection() {
    let install = file("infra/box/install.sh");
    let position = |part: &str| install.find(part).unwrap_or_else(|| panic!("install.sh lacks {part}"));
    let maximum = position("'net.ipv4.tcp_wmem = 4096 16384 262144\\n' > /etc/sysctl.d/60-evens.conf\n");
    let applied = position("\nsystemctl restart systemd-sysctl.service\n");
    assert!(maximum < applied && applied < position("systemctl restart caddy.service"));
}

/// The clock is right before anything is dated, and an upgrade can be undone.
#[test]
fn a_box_starts_and_is_upgraded_safely() {
    let unit = file("infra/box/evens.service");
    for line in
        ["Wants=network-online.target time-sync.target", "After=network-online.target time-sync.target"]
    {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    // Without such a unit, nothing waits before that target.
    let install = file("infra/box/install.sh");
    assert!(install.contains("for unit in systemd-time-wait-sync.service chrony-wait.service; do\n"));
    let upgrade = file("infra/box/upgrade.sh");
    let position = |part: &str| upgrade.find(part).unwrap_or_else(|| panic!("upgrade.sh lacks {part}"));
    assert!(position("/box/backup.sh\"") < position("if start \"$release\""), "the copy comes first");
}

/// The link of an EBS volume on a newer machine.
const LINK: &str = "dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_";

/// A machine with these devices, which are files here, and without file systems.
fn machine_with(name: &str, devices: &[&str]) -> Machine {
    let machine = Machine::new(name, "data-volume.sh", &[("[ -b ", "[ -e ")]);
    for device in devices {
        machine.write(device, "");
    }
    machine.write("etc/fstab", "");
    machine.program("bin/blkid", r#"cat "$FOLDER/kind" 2> /dev/null || exit 2"#);
    machine.program("bin/mountpoint", "exit 1");
    for name in ["e2label", "mkfs.ext4", "mount", "sleep", "systemctl"] {
        machine.program(&format!("bin/{name}"), &format!(r#"echo "{name} $*" >> "$FOLDER/calls""#));
    }
    machine
}

#[test]
fn the_data_volume_is_found_by_its_id() {
    let (data, other) = (format!("{LINK}vol0data"), format!("{LINK}vol0other"));
    let root = format!("{LINK}vol0root");
    let [part, xen] = [format!("{root}-part1"), "dev/xvdf".to_owned()];
    // Another volume was detected first, and a rule of the system made /dev/xvdf.
    for (name, devices, device) in [
        ("volume-nitro", vec![&*root, &*part, &*other, &*data, &*xen], &*data),
        ("volume-xen", vec!["dev/xvda", "dev/xvdf", "dev/xvdg"], "dev/xvdf"),
        ("volume-xen-sdf", vec!["dev/sda", "dev/sdf"], "dev/sdf"),
    ] {
        let machine = machine_with(name, &devices);
        let (device, state) = (machine.folder.join(device), machine.folder.join("var/lib/evens"));
        let (device, state) = (device.display(), state.display());
        let run = machine.run("data-volume.sh", &["vol-0data"]);
        assert_eq!(run.code, Some(0), "{name}: {}", run.errors);
        let mounted = [
            format!("e2label {device} evens-data"),
            "systemctl daemon-reload".to_owned(),
            format!("mount -o noatime {device} {state}"),
        ];
        let made = format!("mkfs.ext4 -q -L evens-data {device}");
        assert_eq!(run.calls, [&[made][..], &mounted].concat());
        assert_eq!(machine.read("etc/fstab").lines().count(), 1);
        // A repetition keeps the file system.
        machine.write("kind", "ext4\n");
        assert_eq!(machine.run("data-volume.sh", &["vol-0data"]).calls, mounted);
        assert_eq!(machine.read("etc/fstab").lines().count(), 1);
        machine.write("kind", "xfs\n");
        let run = machine.run("data-volume.sh", &["vol-0data"]);
        assert!(run.code == Some(1) && run.errors.contains("holds something else: xfs"), "{}", run.errors);
        assert_eq!(run.calls, Vec::<String>::new());
    }
    // A volume that is not attached is awaited, even if there is another one, or a device with the name of Xen.
    let machine = machine_with("volume-missing", &[&*root, &*other, &*xen]);
    let run = machine.run("data-volume.sh", &["vol-0data"]);
    assert_eq!(run.code, Some(1));
    assert!(run.errors.contains("vol-0data was not attached within 2 minutes"), "{}", run.errors);
    assert_eq!(run.calls, ["sleep 1"; 120]);
    // An operator may name a device.
    let device = machine.folder.join(&other);
    let run = machine.run("data-volume.sh", &[device.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}", run.errors);
    assert_eq!(machine.run("data-volume.sh", &[]).code, Some(1), "there is no default");

    // The stack passes the id, so the volume must not need the machine.
    assert!(start_of_machine().contains("\nbox/data-volume.sh ${DataVolume}\n"));
    let zone = &read(ONE_BOX)["Resources"]["DataVolume"]["Properties"]["AvailabilityZone"];
    assert_eq!(*zone, json!({ "Ref": "AvailabilityZone" }));
}

/// Faults of the bucket for backups: the machine must get its name, and permission to write archives into it, only if
/// there is one.
fn wrong_bucket(template: &Value) -> Vec<String> {
    let start = &template["Resources"]["Machine"]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"][0];
    let lines = "if [ -n \"${BackupBucket}\" ]; then
  printf 'BUCKET=%s\\nAWS_DEFAULT_REGION=%s\\n' '${BackupBucket}' ${AWS::Region} > /etc/evens/backup.env
fi
";
    let condition = json!({ "Fn::And": [
        { "Condition": "IsEmbedded" },
        { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "BackupBucket" }, ""] }] },
    ] });
    let statement = json!([{
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Resource": { "Fn::Sub": "arn:${AWS::Partition}:s3:::${BackupBucket}/evens-*.tar.gz" },
    }]);
    let policy = &template["Resources"]["BackupPolicy"];
    let rows = [
        ("the default is a bucket", template["Parameters"]["BackupBucket"]["Default"] == ""),
        ("the machine does not get its name", start.as_str().is_some_and(|start| start.contains(lines))),
        ("the policy has another condition", policy["Condition"] == "HasBackupBucket"),
        ("the condition differs", template["Conditions"]["HasBackupBucket"] == condition),
        ("the permission differs", policy["Properties"]["PolicyDocument"]["Statement"] == statement),
    ];
    rows.into_iter().filter(|(_, is_good)| !is_good).map(|(fault, _)| fault.to_owned()).collect()
}

#[test]
fn backups_reach_the_bucket_of_the_stack() {
    let one_box = read(ONE_BOX);
    assert_none(&wrong_bucket(&one_box));
    for (place, value) in [
        ("/Parameters/BackupBucket/Default", json!("ours")),
        ("/Resources/Machine/Properties/UserData/Fn::Base64/Fn::Sub/0", json!("")),
        ("/Resources/BackupPolicy/Condition", json!("IsEmbedded")),
        ("/Conditions/HasBackupBucket", json!({ "Condition": "IsEmbedded" })),
        ("/Resources/BackupPolicy/Properties/PolicyDocument/Statement/0/Action", json!("s3:*")),
    ] {
        assert_eq!(wrong_bucket(&changed(&one_box, place, value)).len(), 1, "{place}");
    }
}
