-- SPDX-License-Identifier: Apache-2.0
-- Paper that is not money yet (effets à recevoir, effets escomptés non échus, chèques à encaisser): what a customer
-- paid with it has left his account, the risk has not.

-- From which day to which the payment stays at risk. A row is never changed but for its end: what is learned later
-- (deposited, discounted, come back) ends it and makes another. until_on NULL: as long as nobody says when.
CREATE TABLE paper_risk (
	id             BIGINT PRIMARY KEY,
	entity_id      BIGINT NOT NULL REFERENCES entity (id),
	customer_id    BIGINT NOT NULL REFERENCES customer (id),
	item_id        BIGINT NOT NULL REFERENCES item (id), -- the payment
	kind           TEXT   NOT NULL CHECK (kind IN ('bill', 'discounted', 'cheque')),
	from_on        TEXT   NOT NULL,
	until_on       TEXT,
	event_id       BIGINT NOT NULL REFERENCES event (id),
	recorded       BIGINT NOT NULL,
	ended_event_id BIGINT REFERENCES event (id), -- that put another in its place, or took it away
	CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX paper_risk_item ON paper_risk (item_id);
CREATE INDEX paper_risk_customer ON paper_risk (customer_id);

-- Bills given to the bank for their money at once (escompte) instead of at maturity.
ALTER TABLE deposit_slip ADD COLUMN is_discount INT NOT NULL DEFAULT 0 CHECK (is_discount IN (0, 1));
