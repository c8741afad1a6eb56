// SPDX-License-Identifier: Apache-2.0
// Kills the program while it imports, and makes its writes fail one after the other. After each: every law
// of the ledger holds, the file's facts are there wholly or not at all, and importing again ends as if
// nothing had happened.
import * as w from './kill_world.mjs';

const o = w.options({ kills: 4, calls: 4 });
const random = w.randomOf(o.seed);
const files = w.company(o.seed, 60, 1200, 0);
const customers = w.put('customers.csv', files.customers), invoices = w.put('invoices.csv', files.invoices);
w.note(`seed ${o.seed}, ${o.kills} kills at random moments and ${o.calls} at chosen calls, each engine`);

// What else can befall each call. (libpq does not believe a failed send before the socket fails to be read.)
const fates = { pwrite64: 'ENOSPC', fdatasync: 'EIO', sendto: 'kill', recvfrom: 'ECONNRESET' };

for (const store of w.enginesOf(o)) {
	const url = store.url('work');
	store.create('base');
	w.must(store.url('base'), 'init', '--name', 'Demo SARL');
	w.must(store.url('base'), 'import', customers);
	store.copy('base', 'work');
	const before = w.picture(url);
	const length = w.timed(store, 'import', invoices);
	const after = w.picture(url);
	w.check(before !== after, `${store.engine}: an import changes the ledger`);

	const judge = (name) => {
		const verified = w.verified(url);
		w.check(verified.good, `${name}: verify is clean`, verified.text);
		const now = w.picture(url);
		w.check(now === before || now === after, `${name}: all of the file counts, or nothing`);
		const again = w.encours(url, 'import', invoices);
		w.check(again.status === 0 && w.picture(url) === after && w.verified(url).good,
			`${name}: importing again ends as if nothing had happened`, again.err);
	};

	let n_killed = 0;
	for (let k = 0; k < o.kills; k++) {
		store.copy('base', 'work');
		const ms = length * random();
		const r = await w.killAfter(ms, url, 'import', invoices);
		n_killed += r.killed;
		judge(`${store.engine}: import killed at ${ms.toFixed(1)} ms`);
	}
	w.note(`${store.engine}: ${n_killed} of ${o.kills} runs were still under way`);

	if (!w.hasStrace()) {
		w.note('skipped: kills at chosen calls (strace cannot run here)');
		continue;
	}
	const calls = {};
	for (const call of store.engine === 'sqlite' ? ['pwrite64', 'fdatasync'] : ['sendto', 'recvfrom']) {
		store.copy('base', 'work');
		calls[call] = w.countCalls(call, url, 'import', invoices);
	}
	w.note(`${store.engine}: calls of one import: ${JSON.stringify(calls)}`);
	for (let k = 0; k < o.calls; k++) {
		const call = Object.keys(calls)[k % 2], nth = 1 + Math.floor(random() * calls[call]);
		// One in two dies there; for the other the disk is full, or the connection lost.
		const fate = k % 4 < 2 ? 'kill' : fates[call];
		store.copy('base', 'work');
		const r = w.atCall(call, nth, fate, url, 'import', invoices);
		if (fate !== 'kill' && r.status !== 0 && !r.err.trim())
			w.check(false, `${store.engine}: a failed ${call} is told to the user`);
		judge(`${store.engine}: import with ${fate} at ${call} number ${nth}`);
	}
}
w.finish();
