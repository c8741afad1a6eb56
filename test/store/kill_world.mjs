// SPDX-License-Identifier: Apache-2.0
// What the kill campaigns share: a small synthetic company, databases that are quickly made anew, programs
// that are killed at a chosen moment, and TAP lines.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const root = resolve(new URL('../..', import.meta.url).pathname);
export const program = process.env.ENCOURS_PROGRAM ?? join(root, 'build/encours');
export const today = new Date().toISOString().slice(0, 10);

// ---- options and reports ---------------------------------------------------------------------------

export function options(defaults) {
	const o = { kills: 20, seed: Number(process.env.ENCOURS_TEST_SEED ?? 1), engine: 'both', ...defaults };
	for (let i = 2; i < process.argv.length; i++) {
		const [name, value] = process.argv[i].replace(/^--/, '').split('=');
		if (!(name in o))
			throw new Error(`no option --${name}; there are --${Object.keys(o).join('=, --')}=`);
		o[name] = typeof o[name] === 'number' ? Number(value) : value;
	}
	return o;
}

let n = 0, failed = 0;
export function check(good, name, detail) {
	n++;
	if (!good)
		failed++;
	console.log(`${good ? 'ok' : 'not ok'} ${n} - ${name}`);
	if (!good && detail !== undefined)
		console.log(String(detail).split('\n').slice(0, 40).map((l) => `# ${l}`).join('\n'));
}
export const note = (text) => console.log(`# ${text}`);
export function finish() {
	console.log(`1..${n}`);
	process.exit(failed ? 1 : 0);
}

// A xorshift of 32 bits: a failure is repeated with its seed.
export function randomOf(seed) {
	let s = (seed * 2654435761) >>> 0 || 1;
	return () => {
		s ^= s << 13; s >>>= 0;
		s ^= s >>> 17;
		s ^= s << 5; s >>>= 0;
		return s / 4294967296;
	};
}

// ---- the company -----------------------------------------------------------------------------------

const money = (cents) => `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
// The civil date so many days after today.
const day = (after) => new Date(Date.now() + after * 86400000).toISOString().slice(0, 10);
const pad = (v, width) => String(v).padStart(width, '0');

// A French IBAN of made-up bank, branch and account, with its check digits.
function iban(account) {
	const body = `3000400828${pad(account, 11)}`;
	const key = 97n - ((89n * 30004n + 15n * 828n + 3n * BigInt(account)) % 97n);
	const bban = `${body}${pad(key, 2)}`;
	const check = 98n - (BigInt(`${bban}152700`) % 97n);
	return `FR${pad(check, 2)}${bban}`;
}
export const companyIban = iban(12345678);

export function company(seed, nCustomers, nInvoices, nEntries) {
	const random = randomOf(seed);
	const pick = (k) => Math.floor(random() * k);
	const customers = ['customer_id,name,email,terms,language,postcode,city,iban'];
	const invoices = ['doc_no,kind,customer_id,issue_date,due_date,amount_ttc,open_amount'];
	const entries = [];
	let total = 0;

	for (let c = 0; c < nCustomers; c++)
		customers.push(`C${pad(c, 5)},"Client Essai ${c} SARL",c${c}@client${c}.example,N30,${c % 5 ? 'fr' : 'en'},${pad(1000 + c, 5)},"Essai",${iban(90000 + c)}`);
	for (let i = 0; i < nInvoices; i++) {
		const cents = 1000 + pick(900000), late = pick(100) - 20, c = pick(nCustomers);
		invoices.push(`FA${pad(i, 6)},INV,C${pad(c, 5)},${day(-late - 30)},${day(-late)},${money(cents)},${money(cents)}`);
		if (i < nEntries) {
			const n = entries.length + 1;
			total += cents;
			entries.push(`<Ntry><NtryRef>B${pad(n, 7)}</NtryRef><Amt Ccy="EUR">${money(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day(-1 - n % 9)}</Dt></BookgDt><ValDt><Dt>${day(-1 - n % 9)}</Dt></ValDt><AcctSvcrRef>B${pad(n, 7)}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>CLIENT ESSAI ${c} SARL</Nm></Dbtr><DbtrAcct><Id><IBAN>${iban(90000 + c)}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>FA${pad(i, 6)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`);
		}
	}
	const statement = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>ESSAI</MsgId><CreDtTm>${day(-1)}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>ESSAI-${day(-1)}</Id><CreDtTm>${day(-1)}T23:00:00</CreDtTm><FrToDt><FrDtTm>${day(-10)}T00:00:00</FrDtTm><ToDtTm>${day(-1)}T23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>${companyIban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day(-10)}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${money(100000 + total)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day(-1)}</Dt></Dt></Bal>
<TxsSummry><TtlNtries><NbOfNtries>${entries.length}</NbOfNtries><Sum>${money(total)}</Sum></TtlNtries></TxsSummry>
${entries.join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
	return { customers: customers.join('\n') + '\n', invoices: invoices.join('\n') + '\n', statement };
}

// ---- databases -------------------------------------------------------------------------------------

export const folder = mkdtempSync(join(process.env.ENCOURS_TEST_TMP ?? tmpdir(), 'encours-kill-'));
const atEnd = [() => { if (!process.env.ENCOURS_TEST_KEEP) rmSync(folder, { recursive: true, force: true }); }];
process.on('exit', () => { while (atEnd.length) atEnd.pop()(); });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(signal, () => process.exit(3));
export const onExit = (fn) => atEnd.push(fn);

export function put(name, text) {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

function tool(name, args) {
	const r = spawnSync(name, args, { encoding: 'utf8', timeout: 300000 });
	if (r.status !== 0)
		throw new Error(`${name} ${args.join(' ')}: ${r.stderr || r.error}`);
	return r.stdout;
}
const psql = (sql) => tool('psql', ['-qAt', '-v', 'ON_ERROR_STOP=1', process.env.ENCOURS_TEST_POSTGRESQL, '-c', sql]);

// A set of named databases of one engine; copy() makes one anew from another at the cost of a file copy.
const engines = {
	sqlite: {
		url: (name) => `sqlite:${join(folder, name)}.db`,
		drop(name) {
			for (const end of ['', '-wal', '-shm', '-journal'])
				rmSync(`${join(folder, name)}.db${end}`, { force: true });
		},
		copy(from, to) {
			this.drop(to);
			for (const end of ['', '-wal'])
				if (existsSync(`${join(folder, from)}.db${end}`))
					copyFileSync(`${join(folder, from)}.db${end}`, `${join(folder, to)}.db${end}`);
		},
		create(name) { this.drop(name); },
		sql(name, text) { tool('sqlite3', [`${join(folder, name)}.db`, text]); },
	},
	postgresql: {
		name: (name) => `kill_${process.pid}_${name}`,
		url(name) { return process.env.ENCOURS_TEST_POSTGRESQL.replace(/\/\/\/[^?]*/, `///${this.name(name)}`); },
		drop(name) { psql(`DROP DATABASE IF EXISTS ${this.name(name)} WITH (FORCE)`); },
		copy(from, to) {
			this.drop(to);
			// A killed client's session may still be on its way out of the template.
			psql(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '${this.name(from)}'`);
			psql(`CREATE DATABASE ${this.name(to)} TEMPLATE ${this.name(from)}`);
			onExit(() => this.drop(to));
		},
		create(name) {
			this.drop(name);
			psql(`CREATE DATABASE ${this.name(name)}`);
			onExit(() => this.drop(name));
		},
		sql(name, text) { tool('psql', ['-qAt', '-v', 'ON_ERROR_STOP=1', this.url(name), '-c', text]); },
	},
};

export function enginesOf(o) {
	const list = o.engine === 'both' ? ['sqlite', 'postgresql'] : [o.engine];
	if (!process.env.ENCOURS_TEST_POSTGRESQL && list.includes('postgresql')) {
		note('skipped: PostgreSQL (ENCOURS_TEST_POSTGRESQL is not set)');
		list.splice(list.indexOf('postgresql'), 1);
	}
	return list.map((name) => ({ engine: name, ...engines[name] }));
}

// ---- the program -----------------------------------------------------------------------------------

// Runs to the end: { status, out, err }.
export function encours(url, ...args) {
	const r = spawnSync(program, [...args, '--db', url, '--date', today, '--lang', 'en'], { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300000, killSignal: 'SIGKILL' });
	return { status: r.status, out: r.stdout, err: r.stderr, error: r.error };
}

// The same, for steps that must succeed.
export function must(url, ...args) {
	const r = encours(url, ...args);
	if (r.status !== 0)
		throw new Error(`encours ${args.join(' ')}: exit ${r.status}: ${r.error ?? (r.err || r.out)}`);
	return r.out;
}
export const json = (url, ...args) => JSON.parse(must(url, ...args, '--json'));

// Starts the program and kills it after so many milliseconds (fractions count). Gives { killed, status, ms }.
export function killAfter(ms, url, ...args) {
	return new Promise((done, fail) => {
		const began = process.hrtime.bigint();
		const child = spawn(program, [...args, '--db', url, '--date', today], { stdio: 'ignore' });
		const due = began + BigInt(Math.round(ms * 1e6));
		let ended = false;
		// setTimeout knows whole milliseconds only: come early, then look at the clock.
		const timer = setTimeout(() => {
			while (!ended && process.hrtime.bigint() < due)
				;
			child.kill('SIGKILL');
		}, Math.max(0, Math.floor(ms) - 1));
		child.on('error', fail);
		child.on('exit', (status, signal) => {
			ended = true;
			clearTimeout(timer);
			done({ killed: signal === 'SIGKILL', status, ms: Number(process.hrtime.bigint() - began) / 1e6 });
		});
	});
}

// Kills the program, or makes the call fail with an error ("ENOSPC"), at its n-th system call of a name.
export function atCall(call, n, fate, url, ...args) {
	const what = fate === 'kill' ? 'signal=SIGKILL' : `error=${fate}`;
	const r = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${what}:when=${n}`,
		program, ...args, '--db', url, '--date', today], { encoding: 'utf8', maxBuffer: 1 << 28, timeout: 300000, killSignal: 'SIGKILL' });
	return { killed: r.signal === 'SIGKILL' || r.status === 137, status: r.status, err: r.stderr, out: r.stdout };
}
// How often the program's threads and children make a system call in a whole run.
export function countCalls(call, url, ...args) {
	const log = join(folder, 'calls');
	spawnSync('strace', ['-f', '-qq', '-o', log, '-e', `trace=${call}`, program, ...args, '--db', url, '--date', today]);
	const perThread = new Map();
	for (const line of readFileSync(log, 'utf8').split('\n'))
		if (line.includes(`${call}(`))
			perThread.set(line.split(' ')[0], (perThread.get(line.split(' ')[0]) ?? 0) + 1);
	return Math.max(0, ...perThread.values());
}
export const hasStrace = () => spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

// How long a run takes, in milliseconds: the shortest of three.
export function quickest(url, ...args) {
	return shortest(() => {}, url, args);
}

// The same, each on a fresh copy of base.
export function timed(store, ...args) {
	return shortest(() => store.copy('base', 'work'), store.url('work'), args);
}

function shortest(before, url, args) {
	const ms = [];
	for (let i = 0; i < 3; i++) {
		before();
		const began = process.hrtime.bigint();
		must(url, ...args);
		ms.push(Number(process.hrtime.bigint() - began) / 1e6);
	}
	return Math.min(...ms);
}

export function verified(url) {
	const r = encours(url, 'verify');
	return { good: r.status === 0, text: `exit ${r.status}\n${r.out}${r.err}` };
}

// The ledger as people see it: the same facts in any order of making.
export function picture(url) {
	const items = json(url, 'items').items.map((i) => `${i.customer} ${i.document} ${i.kind} ${i.issued} ${i.due} ${i.amount} ${i.open}`);
	const ageing = json(url, 'ageing');
	return JSON.stringify({ items: items.sort(), buckets: ageing.buckets, unallocated: ageing.unallocated, total: ageing.total,
		customers: json(url, 'customers').customers.map((c) => `${c.code} ${c.open}`).sort() });
}

export { readFileSync, join };
