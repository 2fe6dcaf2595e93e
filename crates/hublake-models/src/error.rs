//! What can go wrong with models.

use datafusion::error::DataFusionError;

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the project is not as it must be.
    #[error("models/{path}:{line}: {reason}\nhint: {hint}")]
    File {
        /// Path below the models folder.
        path: String,
        /// Line in the file, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
        /// What to write instead.
        hint: String,
    },
    /// Models read each other in a circle.
    #[error("models/{path}:1: the model reads itself through {circle}\nhint: break the circle, or read `previous.`")]
    Circle {
        /// Path of one of the models.
        path: String,
        /// The models of the circle in the order in which they read each other.
        circle: String,
    },
    /// No model belongs to the pipeline.
    #[error("unknown pipeline {pipeline}\nhint: the pipelines are {known}")]
    UnknownPipeline {
        /// The name asked for.
        pipeline: String,
        /// All names, separated by commas.
        known: String,
    },
    /// A query of a model or an audit failed.
    #[error("{name}: {source}")]
    Query {
        /// Model or audit.
        name: String,
        /// What the query engine says.
        source: Box<DataFusionError>,
    },
}

impl Error {
    pub(crate) fn query(name: &str) -> impl Fn(DataFusionError) -> Self {
        move |source| Self::Query { name: name.to_owned(), source: Box::new(source) }
    }
}
