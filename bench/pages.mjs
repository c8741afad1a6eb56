// SPDX-License-Identifier: Apache-2.0
// pages.mjs - how long pages take with 64 connections of a logged-in user: as many as the server can, then at a fixed
// rate that it does not choose, idle and while an import runs.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { number, program, scratch } from "./lib.mjs";

const EMAIL = "bench@example.org", PASSWORD = "a long enough password", CONNECTIONS = 64;

async function serve(database) {
	const log = path.join(scratch, "serve.log");
	const begin = performance.now();
	const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--no-worker", "--db", database], { stdio: ["ignore", "ignore", openSync(log, "w")] });
	let port = 0;
	while (!port) {
		if (child.exitCode !== null) throw new Error(`serve ended: ${readFileSync(log, "utf8")}`);
		await new Promise((r) => setTimeout(r, 1));
		port = Number(/listening on port (\d+)/.exec(readFileSync(log, "utf8"))?.[1] ?? 0);
	}
	return { port, ready: (performance.now() - begin) / 1e3, stop: () => new Promise((done) => { child.on("exit", done); child.kill("SIGTERM"); }) };
}

async function login(port) {
	const url = `http://127.0.0.1:${port}/login`;
	const form = await fetch(url);
	const cookies = form.headers.getSetCookie().map((c) => c.split(";")[0]);
	const csrf = /name="csrf" value="([0-9a-f]+)"/.exec(await form.text())?.[1];
	const answer = await fetch(url, { method: "POST", redirect: "manual", headers: { Cookie: cookies.join("; "), "Content-Type": "application/x-www-form-urlencoded" },
		body: new URLSearchParams({ csrf, email: EMAIL, password: PASSWORD }) });
	if (answer.status !== 303) throw new Error(`login: ${answer.status}`);
	return answer.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
}

function load(tool, port, cookie, paths, rate, seconds) {
	return new Promise((resolve, reject) => {
		const child = execFile(tool, [port, cookie, CONNECTIONS, seconds, rate].map(String), { maxBuffer: 1 << 20 },
			(error, out) => (error ? reject(error) : resolve(JSON.parse(out))));
		child.stdin.end(paths.join("\n"));
	});
}

// New documents of customers that are there, for the import that runs meanwhile.
function moreInvoices(codes, n, name) {
	const lines = ["doc_no,kind,customer_id,issue_date,due_date,amount_ttc,open_amount"];
	for (let i = 0; i < n; i++)
		lines.push(`BN-${name}-${i},INV,${codes[i % codes.length]},2026-10-${String(i % 28 + 1).padStart(2, "0")},2026-11-30,${i % 9000 + 1}.10,${i % 9000 + 1}.10`);
	const file = path.join(scratch, `more-${name}.csv`);
	writeFileSync(file, `${lines.join("\n")}\n`);
	return file;
}

export async function pages({ database, note, tool, asOf, seconds = 5, more = 100000 }) {
	const db = database.slice("sqlite:".length);
	const sql = (s) => execFileSync("sqlite3", [db, s], { encoding: "utf8" }).trim().split("\n");
	const customers = sql("SELECT id FROM customer ORDER BY random() LIMIT 1000"), codes = sql("SELECT code FROM customer ORDER BY random() LIMIT 20000");
	// Fails when the account is there from an earlier run: the login shows.
	spawnSync(program, ["user", "add", EMAIL, "--role", "administrator", "--password-stdin", "--db", database], { input: `${PASSWORD}\n` });
	const server = await serve(database);
	note("server: until it listens", "encours", server.ready, "");
	try {
		const cookie = await login(server.port);
		const kinds = {
			"items, 50 a page": ["/items", "/items?state=late", "/items?q=FA2025"],
			"a customer's sheet": customers.map((id) => `/customers/${id}`),
			dashboard: ["/"],
		};
		for (const [name, paths] of Object.entries(kinds)) {
			await load(tool("load"), server.port, cookie, paths, 0, 1);
			const most = await load(tool("load"), server.port, cookie, paths, 0, seconds);
			const rate = Math.max(1, Math.round(most.per_second * 0.5));
			const calm = await load(tool("load"), server.port, cookie, paths, rate, seconds);
			const import_ = execFile(program, ["import", "--quiet", "--db", database, moreInvoices(codes, more, `${name.slice(0, 3).trim()}${Date.now()}`)],
				{ env: { ...process.env, ENCOURS_PROGRAM: program } });
			const busy = await load(tool("load"), server.port, cookie, paths, rate, seconds);
			const ran = import_.exitCode === null ? "all the time" : "part of the time";
			await new Promise((done) => (import_.exitCode === null ? import_.on("exit", done) : done()));
			const say = (r) => `p50 ${number(r.p50, 2)} ms, p99 ${number(r.p99, 2)} ms${r.bad ? `, ${r.bad} bad` : ""}`;
			note(`page: ${name}`, "as many as it can", NaN, `${number(most.per_second)}/s`, say(most));
			note(`page: ${name}`, "at a fixed rate", NaN, `${number(calm.per_second)}/s`, say(calm));
			note(`page: ${name}`, `the same while an import runs (${ran})`, NaN, `${number(busy.per_second)}/s`, say(busy));
		}
	} finally {
		await server.stop();
	}
}
