//! The whole program from outside: the real binary, a real socket, a database file of its own.

#![expect(clippy::expect_used, reason = "a test that can't go on ends there")]

mod api;
mod bandit;
mod commands;
mod crash;
mod disk;
mod http;
mod ingest;
mod live;
mod server;
