-- SPDX-License-Identifier: Apache-2.0
-- Lettering made in the program (lettrage): the act that joined items under a code, apart from the codes of
-- the accounting file (allocation.lettering).

-- One act. sequence: the n-th code of that customer, from which AAA, AAB ... is made; an act that goes on with
-- a partial code takes the same sequence and the next ordinal. Upper or lower case is not kept: a code is full
-- when nothing is left of its items.
CREATE TABLE lettering (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	sequence    BIGINT NOT NULL CHECK (sequence > 0),
	ordinal     INT    NOT NULL CHECK (ordinal > 0),
	lettered_on TEXT   NOT NULL,       -- lettering date (date de lettrage)
	reason      TEXT,
	actor       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL,
	UNIQUE (customer_id, sequence, ordinal)
);
ALTER TABLE allocation ADD COLUMN lettering_id BIGINT REFERENCES lettering (id);
CREATE INDEX allocation_lettering_id ON allocation (lettering_id) WHERE lettering_id IS NOT NULL;
