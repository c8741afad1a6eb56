-- SPDX-License-Identifier: Apache-2.0
-- Views of lists kept under a name, and what each user chose of a list.

CREATE TABLE saved_view (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	user_id   BIGINT NOT NULL REFERENCES user_account (id),
	list      TEXT   NOT NULL,          -- items, customers ...
	name      TEXT   NOT NULL,
	query     TEXT   NOT NULL,          -- filters and order, as in an address
	is_shared INT    NOT NULL DEFAULT 0 CHECK (is_shared IN (0, 1)),
	is_gone   INT    NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)),
	version   BIGINT NOT NULL DEFAULT 1,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL
);
CREATE INDEX saved_view_list ON saved_view (entity_id, list);

CREATE TABLE list_setting (
	user_id   BIGINT NOT NULL REFERENCES user_account (id),
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	list      TEXT   NOT NULL,
	columns   TEXT,                     -- names with commas between; NULL: as made
	view_id   BIGINT REFERENCES saved_view (id),
	PRIMARY KEY (user_id, entity_id, list)
);
