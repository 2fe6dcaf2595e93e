//! What a table is to look like, as data.

/// A table to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSpec {
    /// Its name, without schema.
    pub name: String,
    /// One sentence, kept as the table's comment.
    pub comment: String,
    /// The columns in their order.
    pub columns: Vec<ColumnSpec>,
    /// The primary key: columns that are filled from rows.
    pub key: Vec<String>,
    /// Conditions that rows must meet: a name, and the condition in SQL.
    pub checks: Vec<(String, String)>,
    /// Indexes besides the primary key.
    pub indexes: Vec<IndexSpec>,
    /// Foreign keys to tables of the same plan; they are checked at the end of the transaction.
    pub references: Vec<Reference>,
    /// How the rows come.
    pub mode: Mode,
}

/// How the rows of a table come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All rows of the table as it is now.
    Whole,
    /// Rows are only added, in ascending order of this BIGINT column over publications.
    Append {
        /// The column.
        after: String,
    },
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Name.
    pub name: String,
    /// Type.
    pub column_type: ColumnType,
    /// Whether it is NOT NULL.
    pub is_required: bool,
    /// Where its values come from.
    pub filled: Filled,
    /// What it holds, kept as the column's comment; may be empty.
    pub comment: String,
}

/// A column's type in PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "PostgreSQL's own words")]
pub enum ColumnType {
    BigInt,
    Integer,
    Double,
    Boolean,
    Text,
    Date,
    Timestamptz,
    Jsonb,
    TextArray,
    BigIntArray,
}

impl ColumnType {
    /// The type's name as PostgreSQL writes it.
    pub fn sql(self) -> &'static str {
        match self {
            Self::BigInt => "bigint",
            Self::Integer => "integer",
            Self::Double => "double precision",
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Date => "date",
            Self::Timestamptz => "timestamp with time zone",
            Self::Jsonb => "jsonb",
            Self::TextArray => "text[]",
            Self::BigIntArray => "bigint[]",
        }
    }
}

/// Where a column's values come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The column of that name of the rows.
    Rows,
    /// A jsonb column of the same table: its text as it came, where jsonb cannot hold it as it came; null elsewhere.
    Exact {
        /// The jsonb column.
        of: String,
    },
    /// PostgreSQL, when a row is inserted.
    Default(String),
    /// PostgreSQL, from other columns.
    Generated(String),
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexSpec {
    /// Name, unique in the schema.
    pub name: String,
    /// What follows the table's name, such as `(stars DESC)` or `USING gin (render_services)`.
    pub on: String,
    /// Whether it rejects doubles.
    pub is_unique: bool,
    /// The rows it holds; of a unique index a BOOLEAN column.
    pub only_where: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// A column of this table.
    pub column: String,
    /// The other table.
    pub table: String,
    /// The other table's primary key.
    pub key: String,
}

/// A view over published tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewSpec {
    /// Its name, without schema.
    pub name: String,
    /// One sentence, kept as the view's comment.
    pub comment: String,
    /// A SELECT of PostgreSQL; tables stand without schema.
    pub query: String,
}

impl TableSpec {
    /// A table whose rows come whole, without columns yet.
    pub fn new(name: &str, comment: &str) -> Self {
        Self {
            name: name.to_owned(),
            comment: comment.to_owned(),
            columns: Vec::new(),
            key: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            references: Vec::new(),
            mode: Mode::Whole,
        }
    }

    /// Adds a column that may be null.
    #[must_use]
    pub fn column(mut self, name: &str, column_type: ColumnType, comment: &str) -> Self {
        self.columns.push(ColumnSpec {
            name: name.to_owned(),
            column_type,
            is_required: false,
            filled: Filled::Rows,
            comment: comment.to_owned(),
        });
        self
    }

    /// Adds a column that is NOT NULL.
    #[must_use]
    pub fn required(self, name: &str, column_type: ColumnType, comment: &str) -> Self {
        let mut table = self.column(name, column_type, comment);
        if let Some(column) = table.columns.last_mut() {
            column.is_required = true;
        }
        table
    }

    /// Lets the last column be filled otherwise than from rows.
    #[must_use]
    pub fn filled(mut self, filled: Filled) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.filled = filled;
        }
        self
    }

    /// Sets the primary key.
    #[must_use]
    pub fn key(mut self, columns: &[&str]) -> Self {
        self.key = columns.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn check(mut self, name: &str, condition: &str) -> Self {
        self.checks.push((format!("{}_{name}_check", self.name), condition.to_owned()));
        self
    }

    /// Adds an index; its name is made of the table's and `name`.
    #[must_use]
    pub fn index(mut self, name: &str, on: &str) -> Self {
        let name = format!("{}_{name}_idx", self.name);
        self.indexes.push(IndexSpec { name, on: on.to_owned(), is_unique: false, only_where: None });
        self
    }

    /// Adds an index that rejects doubles.
    #[must_use]
    pub fn unique(self, name: &str, on: &str) -> Self {
        let mut table = self.index(name, on);
        if let Some(index) = table.indexes.last_mut() {
            index.is_unique = true;
        }
        table
    }

    /// Restricts the last index to some rows.
    #[must_use]
    pub fn only_where(mut self, condition: &str) -> Self {
        if let Some(index) = self.indexes.last_mut() {
            index.only_where = Some(condition.to_owned());
        }
        self
    }

    /// Adds a foreign key.
    #[must_use]
    pub fn reference(mut self, column: &str, table: &str, key: &str) -> Self {
        self.references.push(Reference { column: column.to_owned(), table: table.to_owned(), key: key.to_owned() });
        self
    }

    /// Lets rows only be added.
    #[must_use]
    pub fn append(mut self, after: &str) -> Self {
        self.mode = Mode::Append { after: after.to_owned() };
        self
    }

    /// The columns that are sent.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &ColumnSpec> {
        self.columns.iter().filter(|column| matches!(column.filled, Filled::Rows | Filled::Exact { .. }))
    }
}

impl Reference {
    /// The name of the constraint in its table.
    pub(crate) fn name(&self, table: &str) -> String {
        format!("{table}_{}_fkey", self.column)
    }
}
