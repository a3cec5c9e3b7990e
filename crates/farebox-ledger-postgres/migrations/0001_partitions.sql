-- Parents of the tables of single epochs, on servers with declarative partitioning.

CREATE TABLE farebox_requests (
    epoch numeric(20) NOT NULL,
    digest bytea NOT NULL,
    owner bytea NOT NULL,
    state smallint NOT NULL,
    response bytea,
    PRIMARY KEY (epoch, digest)
) PARTITION BY LIST (epoch);

CREATE TABLE farebox_serials (
    epoch numeric(20) NOT NULL,
    serial bytea NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (epoch, serial)
) PARTITION BY LIST (epoch);
