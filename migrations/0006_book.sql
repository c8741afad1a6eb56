-- SPDX-License-Identifier: Apache-2.0
-- Which customers an event touched, for followers of the log (ledger/book_change.h). customer_id 0: all of
-- the company.
CREATE TABLE book_change (
	event_id    BIGINT NOT NULL REFERENCES event (id),
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	customer_id BIGINT NOT NULL
);
CREATE INDEX book_change_event ON book_change (event_id);
-- Up to which position of the log those rows were taken away: who is further behind reads everything again. One row.
CREATE TABLE book_forgotten (
	only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
	position BIGINT  NOT NULL
);
INSERT INTO book_forgotten (only_one, position) VALUES (1, 0);
