//! [`Program`]: a function that is started and measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A function that can be started.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// The name in the table.
    pub(crate) name: String,
    /// The size of the binary in bytes. `None` for Node.
    pub(crate) size: Option<u64>,
    /// The size of its zip archive. `None` if the command `zip` is missing.
    pub(crate) zip_size: Option<u64>,
    executable: PathBuf,
    argument: Option<PathBuf>,
}

impl Program {
    /// The name of the Node function.
    pub(crate) const NODE: &str = "node";

    /// A function's binary, if it is built, in the place of cargo or of cargo-lambda.
    pub(crate) fn binary(folder: &Path, name: &str, file: &str) -> Option<Self> {
        let places = [folder.join(file), folder.join(file).join("bootstrap")];
        let executable = places.into_iter().find(|place| place.is_file())?;
        let size = std::fs::metadata(&executable).ok()?.len();
        let zip_size = zip_size(&executable);
        Some(Self { name: name.to_owned(), size: Some(size), zip_size, executable, argument: None })
    }

    /// The Node function, if its packages are installed.
    pub(crate) fn node(folder: &Path) -> Option<Self> {
        if !folder.join("node_modules").is_dir() {
            eprintln!("the Node function is not in {}: run infra/measure/node.sh", folder.display());
            return None;
        }
        let argument = Some(folder.join("function.mjs"));
        Some(Self {
            name: Self::NODE.to_owned(),
            size: None,
            zip_size: None,
            executable: "node".into(),
            argument,
        })
    }

    /// A command with Lambda's environment variables and no others.
    pub(crate) fn command(&self, runtime_api: &str, variables: &[(String, String)]) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .args(&self.argument)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .env("AWS_LAMBDA_FUNCTION_NAME", &self.name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "measured")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "measured")
            .env("AWS_REGION", "us-east-1")
            // The Node SDK warns at each start that it will require a later version.
            .env("NODE_NO_WARNINGS", "1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_SESSION_TOKEN", "test")
            .env("RUST_LOG", "error")
            .envs(variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        // The path of Node.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }
}

fn zip_size(executable: &Path) -> Option<u64> {
    let zip = Command::new("zip").args(["-q", "-j", "-"]).arg(executable).output().ok()?;
    u64::try_from(zip.stdout.len()).ok().filter(|_| zip.status.success())
}
