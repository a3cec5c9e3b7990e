-- Epochs are unsigned 64-bit numbers; numeric(20) holds them all, in order.

-- The first epoch that is not forgotten. One row.
CREATE TABLE farebox_bound (
    id integer PRIMARY KEY CHECK (id = 1),
    first numeric(20) NOT NULL
);
INSERT INTO farebox_bound (id, first) VALUES (1, 0);

-- The epochs that have tables.
CREATE TABLE farebox_epochs (
    epoch numeric(20) PRIMARY KEY
);
