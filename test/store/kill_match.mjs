// SPDX-License-Identifier: Apache-2.0
// Kills the program while it imports a bank statement and while it applies its entries. After each: every
// law of the ledger holds, no entry has paid more than it brought, and going on ends as if nothing had
// happened.
import * as w from './kill_world.mjs';

const o = w.options({ kills: 3, calls: 2, entries: 100 });
const random = w.randomOf(o.seed);
const files = w.company(o.seed, 40, 400, o.entries);
const statement = w.put('statement.xml', files.statement);
const calls = { sqlite: ['pwrite64', 'fdatasync'], postgresql: ['sendto', 'recvfrom'] };
w.note(`seed ${o.seed}`);

// Runs `step` killed again and again on a copy of base,.
async function campaign(store, name, step) {
	const url = store.url('work'), length = w.timed(store, ...step);
	const end = w.picture(url), n_calls = {};
	const judge = (what) => {
		const verified = w.verified(url);
		w.check(verified.good, `${store.engine}: ${name} ${what}: verify is clean`, verified.text);
		const again = w.encours(url, ...step);
		const after = w.verified(url);
		w.check(again.status === 0 && w.picture(url) === end && after.good,
			`${store.engine}: ${name} ${what}: going on ends as if nothing had happened`, `${again.err}\n${after.text}`);
	};

	let n_killed = 0;
	for (let k = 0; k < o.kills; k++) {
		store.copy('base', 'work');
		const ms = length * random();
		n_killed += (await w.killAfter(ms, url, ...step)).killed;
		judge(`killed at ${ms.toFixed(1)} ms`);
	}
	if (w.hasStrace()) {
		for (const call of calls[store.engine]) {
			store.copy('base', 'work');
			n_calls[call] = w.countCalls(call, url, ...step);
		}
		for (let k = 0; k < o.calls; k++) {
			const call = calls[store.engine][k % 2], nth = 1 + Math.floor(random() * n_calls[call]);
			store.copy('base', 'work');
			n_killed += w.atCall(call, nth, 'kill', url, ...step).killed;
			judge(`killed at ${call} number ${nth} of ${n_calls[call]}`);
		}
	} else {
		w.note('skipped: kills at chosen calls (strace cannot run here)');
	}
	w.note(`${store.engine}: ${name}: ${n_killed} kills hit a run under way`);
}

for (const store of w.enginesOf(o)) {
	const base = store.url('base');
	store.create('base');
	w.must(base, 'init', '--name', 'Demo SARL');
	w.must(base, 'import', w.put('customers.csv', files.customers), w.put('invoices.csv', files.invoices));
	await campaign(store, 'import of a statement', ['import', statement]);
	w.must(base, 'import', statement);
	const unmatched = w.picture(base);
	await campaign(store, 'match', ['match']);
	w.check(w.picture(store.url('work')) !== unmatched, `${store.engine}: match changes the ledger`);
}
w.finish();
