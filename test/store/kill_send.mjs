// SPDX-License-Identifier: Apache-2.0
// Kills the sender while it sends, and the relay too. After each: every law holds, no message was accepted
// twice, none is called sent that the relay did not take, none that it took may be sent again. At the end
// every message is delivered, refused, or shown as uncertain.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { spawnSync } from 'node:child_process';
import * as w from './kill_world.mjs';

const o = w.options({ kills: 8, calls: 4, customers: 60, relay: 'both' });
const random = w.randomOf(o.seed);
const build = w.join(w.program, '..');
w.note(`seed ${o.seed}`);

// ---- relays ----------------------------------------------------------------------------------------

// tools/smtp-sink: can be killed, comes back on the same port with other faults, keeps one log.
class Sink {
	constructor(name) {
		this.folder = w.join(w.folder, name);
		mkdirSync(this.folder);
		this.log = w.join(this.folder, 'accepted.log');
		this.port = 0;
		w.onExit(() => this.process?.kill('SIGKILL'));
	}
	async start(...faults) {
		this.process = spawn(w.join(build, 'tools/smtp-sink'), ['--dir', this.folder, '--port', String(this.port), '--seed', String(1 + Math.floor(random() * 1e6)), ...faults],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		const line = await new Promise((done, fail) => {
			this.process.stdout.once('data', (d) => done(String(d)));
			this.process.once('exit', (status) => fail(new Error(`smtp-sink: exit ${status}`)));
		});
		this.port = Number(line.match(/:(\d+)/)[1]);
		this.url = `smtp://127.0.0.1:${this.port}`;
	}
	async kill() {
		const gone = new Promise((done) => this.process.once('exit', done));
		this.process.removeAllListeners('exit');
		this.process.once('exit', () => {});
		this.process.kill('SIGKILL');
		await Promise.race([gone, new Promise((done) => setTimeout(done, 100))]);
	}
	accepted() {
		return [...readFileSync(this.log, 'utf8').matchAll(/ accepted <([^>]*)>/g)].map((m) => m[1]);
	}
}

class Postfix {
	tool(act) {
		return spawnSync(w.join(w.root, 'tools/test-postfix'), [act], { encoding: 'utf8', env: { ...process.env, ENCOURS_TEST_POSTFIX_DIR: this.folder } });
	}
	start() {
		// Not below w.folder: Postfix's own users go there too.
		this.folder = mkdtempSync(w.join(tmpdir(), 'encours-postfix-'));
		w.onExit(() => { this.tool('stop'); rmSync(this.folder, { recursive: true, force: true }); });
		if (this.tool('start').status !== 0) return false;
		this.log = this.tool('log').stdout.trim();
		this.url = this.tool('url').stdout.trim();
		return true;
	}
	// One that the queue manager took, under its Message-ID.
	accepted() {
		const ids = new Map(), taken = [];
		for (const line of readFileSync(this.log, 'utf8').split('\n')) {
			const id = line.match(/cleanup\[\d+\]: (\w+): message-id=<([^>]*)>/);
			if (id)
				ids.set(id[1], id[2]);
			const from = line.match(/qmgr\[\d+\]: (\w+): from=<.*queue active/);
			if (from && ids.has(from[1]))
				taken.push(ids.get(from[1]));
		}
		return taken;
	}
}

// ---- laws ------------------------------------------------------------------------------------------

function outbox(url) {
	return w.json(url, 'outbox').messages.filter((m) => m.channel === 'email' && !m.test);
}

// What must hold at every moment. Gives the faults as text, "" when there is none.
function faults(url, relay, n_planned) {
	const taken = relay.accepted(), set = new Set(taken), list = outbox(url), bad = [];
	if (set.size !== taken.length)
		bad.push(`accepted twice: ${taken.filter((id, i) => taken.indexOf(id) !== i)}`);
	if (list.length !== n_planned)
		bad.push(`${list.length} messages instead of ${n_planned}`);
	for (const m of list) {
		if (m.state === 'accepted' && !set.has(m.message_id))
			bad.push(`${m.message_id} is called accepted, and the relay never took it`);
		if (set.has(m.message_id) && !['accepted', 'attempting', 'uncertain'].includes(m.state))
			bad.push(`${m.message_id} was taken by the relay and is ${m.state}: it would be sent again`);
	}
	const verified = w.verified(url);
	if (!verified.good)
		bad.push(verified.text);
	return bad.join('\n');
}

const count = (list) => JSON.stringify(list.reduce((n, m) => ({ ...n, [m.state]: (n[m.state] ?? 0) + 1 }), {}));

// ---- the company with its messages planned ---------------------------------------------------------

function prepare(store) {
	const url = store.url('base');
	const files = w.company(o.seed, o.customers, o.customers * 2, 0);
	store.create('base');
	w.must(url, 'init', '--name', 'Demo SARL');
	for (const [name, value] of [['from_email', 'compta@demo.example'], ['smtp_settle_seconds', '1']])
		w.must(url, 'setting', 'set', name, value);
	w.must(url, 'import', w.put('customers.csv', files.customers), w.put('invoices.csv', files.invoices));
	w.must(url, 'live', 'on');
	w.encours(url, 'dun');
	return outbox(url).length;
}

// Deferred ones wait minutes for their next try; nobody waits here.
const noWaiting = (store) => store.sql('work', "UPDATE message SET next_try = NULL WHERE state = 'deferred'");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const sinkFaults = [[], [], ['--dot', 'drop', '--percent', '20'], ['--dot', 'drop-after', '--percent', '20'], ['--data', 'drop', '--percent', '20'],
	['--dot', '451 busy', '--percent', '20'], ['--rcpt', '451 busy', '--percent', '20'], ['--dot', '554 no', '--only', 'client7'], ['--delay', '20']];

async function campaign(store, relay, relayName, withLog) {
	const name = `${store.engine}, ${relayName}${withLog ? '' : ', without its log'}`;
	const url = store.url('work');
	const args = ['send', '--smtp', relay.url, ...(withLog ? ['--smtp-log', relay.log] : [])];
	store.copy('base', 'work');
	const n_planned = outbox(url).length;
	const startup = w.quickest(url, 'live'), calls = { sendto: 60, recvfrom: 60 };
	let n_killed = 0;

	for (let k = 0; k < o.kills + o.calls; k++) {
		let what;
		if (k >= o.kills && !w.hasStrace())
			break;
		if (relay instanceof Sink && k % 4 === 3) {
			await relay.kill();
			const fate = sinkFaults[Math.floor(random() * sinkFaults.length)];
			await relay.start('--delay', '3', ...fate);
		}
		if (k < o.kills) {
			const ms = startup * (0.5 + random()) + random() * 150;
			// The relay dies with the sender, now and then.
			const [r] = await Promise.all([w.killAfter(ms, url, ...args),
				relay instanceof Sink && k % 6 === 5 ? pause(ms * random()).then(() => relay.kill()).then(() => relay.start('--delay', '3')) : null]);
			n_killed += r.killed;
			what = `killed at ${ms.toFixed(1)} ms`;
		} else {
			const call = k % 2 ? 'sendto' : 'recvfrom', nth = 1 + Math.floor(random() * calls[call]);
			n_killed += w.atCall(call, nth, 'kill', url, ...args).killed;
			what = `killed at ${call} number ${nth}`;
		}
		const bad = faults(url, relay, n_planned);
		w.check(!bad, `${name}: ${what}: every law holds`, bad);
		noWaiting(store);
	}
	w.note(`${name}: ${n_killed} kills hit a run under way; then ${count(outbox(url))}`);

	// In peace, everything comes to its end.
	if (relay instanceof Sink) {
		await relay.kill();
		await relay.start();
	}
	for (let i = 0; i < 4; i++) {
		w.encours(url, ...args);
		noWaiting(store);
		await pause(withLog ? 1200 : 0);
	}
	const bad = faults(url, relay, n_planned), list = outbox(url), taken = new Set(relay.accepted());
	w.check(!bad, `${name}: at the end every law holds`, bad);
	const open = list.filter((m) => !['accepted', 'refused', 'uncertain', 'cancelled'].includes(m.state));
	w.check(open.length === 0, `${name}: at the end all is delivered or uncertain`, count(list));
	const doubtful = list.filter((m) => m.state === 'uncertain');
	if (withLog)
		w.check(doubtful.length === 0, `${name}: the relay's log has resolved what was uncertain`, count(list));
	w.check(list.filter((m) => m.state === 'accepted').length + doubtful.filter((m) => taken.has(m.message_id)).length === taken.size,
		`${name}: what the relay took is accepted, or shown as uncertain`, count(list));
	w.check(taken.size > n_planned / 2, `${name}: ${taken.size} of ${n_planned} messages were taken by the relay, ${doubtful.length} are uncertain`);
}

for (const store of w.enginesOf(o)) {
	const n = prepare(store);
	w.check(n > o.customers / 2, `${store.engine}: ${n} e-mails are planned`);
	if (o.relay !== 'postfix') {
		for (const withLog of [true, false]) {
			const sink = new Sink(`${store.engine}-${withLog}`);
			await sink.start('--delay', '3');
			await campaign(store, sink, 'sink', withLog);
			await sink.kill();
		}
	}
	if (o.relay !== 'sink' && store.engine === 'sqlite') {
		const postfix = new Postfix();
		if (postfix.start())
			await campaign(store, postfix, 'Postfix', true);
		else
			w.note('skipped: Postfix cannot run here');
	}
}
w.finish();
