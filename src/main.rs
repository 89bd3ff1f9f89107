//! The command line: the only place that prints and exits.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
