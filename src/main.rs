//! The `lazaret` command: a runtime, the command line, its answer as an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(lazaret::cli::main(std::env::args_os())),
        // Without a runtime there is no way to run anything: no script has been touched.
        Err(_) => ExitCode::from(125),
    }
}
