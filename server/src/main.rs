//! The `reportage` program.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// Half of ingest is small allocations; the system's allocator costs a fifth of the writer's time more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
