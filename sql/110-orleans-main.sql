-- Where Orleans' ADO.NET providers look up the statements that they run. Safe to run twice.
-- The provider packages carry no scripts. This is our own text for the contract that their code states: the names of the keys, of the
-- parameters and of the result columns. Only OrleansQuery is looked for without a schema, so a silo's connection says Search Path=orleans.
CREATE SCHEMA IF NOT EXISTS orleans;

CREATE TABLE IF NOT EXISTS orleans.OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);
