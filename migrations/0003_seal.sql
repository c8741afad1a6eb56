-- SPDX-License-Identifier: Apache-2.0
-- The seal: a dense position and a chained hash for each committed event (doc/seal.md).

CREATE TABLE seal (
	position   BIGINT PRIMARY KEY,
	event_id   BIGINT NOT NULL UNIQUE REFERENCES event (id),
	sealed     BIGINT NOT NULL,          -- moment: never before that of the former position
-- @sqlite
	salt       BLOB,                     -- NULL once the event's body was erased
	commitment BLOB   NOT NULL,          -- of the body
	hash       BLOB   NOT NULL
-- @postgresql
	salt       BYTEA,
	commitment BYTEA  NOT NULL,
	hash       BYTEA  NOT NULL
-- @all
);
CREATE INDEX seal_sealed ON seal (sealed, position);

-- Committed events that have no position yet. turn: of the transaction, drawn as its last act before the
-- commit, so that who saw another's facts comes after it.
CREATE TABLE event_unsealed (
	turn     BIGINT NOT NULL,
	seq      BIGINT NOT NULL,
	event_id BIGINT NOT NULL,
	PRIMARY KEY (turn, seq)
);
-- @postgresql
CREATE SEQUENCE event_turn;
-- @all

-- Those of before the seal, in the order of their moments.
INSERT INTO event_unsealed (turn, seq, event_id)
	SELECT 0, row_number() OVER (ORDER BY recorded, id), id FROM event;
