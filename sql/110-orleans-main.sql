-- The table from which Orleans' ADO.NET providers read their statements. Safe to run twice.
-- The provider packages contain no scripts. These are our own statements for the contract in their code: the names of the keys,
-- of the parameters and of the result columns. OrleansQuery is looked up without a schema, so a silo's connection sets Search
-- Path=orleans.
CREATE SCHEMA IF NOT EXISTS orleans;

CREATE TABLE IF NOT EXISTS orleans.OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);
