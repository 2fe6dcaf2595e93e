//! What can go wrong when a simulated GitHub is built or started.

use std::path::PathBuf;

/// An error of the simulator itself; faults that are served on purpose are not errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A repository is not in the world, or was deleted.
    #[error("repository `{0}` is not in the simulated world\nhint: load, generate or add it first")]
    UnknownRepository(String),

    /// A name that another repository has already.
    #[error("repository `{0}` exists already")]
    RepositoryExists(String),

    /// A text that is not `owner/name`.
    #[error("`{0}` is not a repository name\nhint: write it as owner/name")]
    BadRepositoryName(String),

    /// A change from another process that cannot be made.
    #[error("repository `{repository}`: {reason}")]
    BadChange {
        /// The repository's full name.
        repository: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// A path that no file can have.
    #[error("`{0}` is not a file's path\nhint: write it from the root, as folder/file.txt")]
    BadPath(String),

    /// An issue is not in its repository.
    #[error("repository `{repository}` has no issue {number}")]
    UnknownIssue {
        /// The repository's full name.
        repository: String,
        /// The number that was asked for.
        number: u32,
    },

    /// A JSON value is not an issue object.
    #[error("this is not an issue object: {reason}")]
    BadIssue {
        /// The key and what is wrong with it.
        reason: String,
    },

    /// A fault written as text could not be understood.
    #[error(
        "`{text}` is not a fault: {reason}\nhint: write ENDPOINT WHEN KIND, for example `*/issues next:3 status:502`"
    )]
    BadFault {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },

    /// Daily traffic that cannot be.
    #[error("traffic of {day}: {reason}")]
    BadTraffic {
        /// The day, UTC.
        day: chrono::NaiveDate,
        /// What is wrong with it.
        reason: String,
    },

    /// More stars are taken back than there are.
    #[error("repository `{repository}` has only {left} stars of {day}")]
    NoSuchStars {
        /// The repository's full name.
        repository: String,
        /// The day on which they were given, UTC.
        day: chrono::NaiveDate,
        /// How many are left of that day.
        left: u64,
    },

    /// A file of recorded data could not be read.
    #[error("cannot read the recorded file {}\nhint: is this the folder that holds issues/ and traffic/?", path.display())]
    ReadRecorded {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },

    /// A line of recorded data is not what its file promises.
    #[error("{}, line {line}: {reason}", path.display())]
    BadRecorded {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },

    /// The server could not listen.
    #[error("cannot listen on {address}\nhint: is another server using this port?")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// The cause.
        source: std::io::Error,
    },

    /// The server stopped by itself.
    #[error("the simulated GitHub stopped serving")]
    Serve(#[source] std::io::Error),
}
