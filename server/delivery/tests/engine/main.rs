//! The engine as a whole, over real databases. PostgreSQL takes part where `REPORTAGE_TEST_POSTGRES` names a server on
//! which databases may be created.

#![cfg(test)]

mod answers;
mod carriers;
mod clicks;
mod consents;
mod crash;
mod full;
mod house;
mod inbox;
mod lifecycle;
mod missing;
mod objections;
mod sending;
mod sharing;
