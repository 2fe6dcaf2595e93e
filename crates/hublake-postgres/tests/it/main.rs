//! Publishing to a real PostgreSQL.
//!
//! `HUBLAKE_TEST_POSTGRES_URL` names a server on which the user may make databases; without it each test starts a
//! server of its own, for which PostgreSQL's programs must be installed.

#[cfg(test)]
mod address;
#[cfg(test)]
mod changed;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod given;
#[cfg(test)]
mod gone;
#[cfg(test)]
mod role;
#[cfg(test)]
mod second;
#[cfg(test)]
mod server;
#[cfg(test)]
mod trender;
#[cfg(test)]
mod trending;
