// SPDX-License-Identifier: Apache-2.0
// lib.mjs - starts the real program on a fresh database and talks HTTP to it.
//
//	const server = await start();
//	const browser = await login(server);
//	check("it answers", (await browser.get("/")).status === 200);
//	await server.stop();
//	finish();
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const program = process.env.ENCOURS_PROGRAM ?? path.resolve("build/encours");
export const EMAIL = "clerk@example.org";
export const PASSWORD = "a long enough password";

let n = 0;
let failed = 0;

export function check(name, ok, detail) {
	n++;
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${n} - ${name}`);
	if (!ok && detail !== undefined) console.log(`# ${JSON.stringify(detail).slice(0, 800)}`);
}

export function finish() {
	console.log(`1..${n}`);
	process.exit(failed ? 1 : 0);
}

// Runs a subcommand; returns its status and output.
export function run(url, args, input) {
	const r = spawnSync(program, [...args, "--db", url], { input, encoding: "utf8" });
	return { status: r.status, out: r.stdout, err: r.stderr };
}

// Serves a new database, or the one of url; options are those of serve.
export async function start({ options = [], url, demo } = {}) {
	const folder = url ? null : mkdtempSync(path.join(tmpdir(), "encours-http-"));
	const db = url ?? `sqlite:${folder}/test.db`;
	if (folder) {
		// The demo tells months of the past: it comes before anything that happens now.
		const made = run(db, demo ? ["demo", "--size", demo, "--quiet"] : ["init", "--name", "Société d'essai"]);
		if (made.status !== 0) throw new Error(`${demo ? "demo" : "init"}: ${made.err}`);
		const user = run(db, ["user", "add", EMAIL, "--role", "administrator", "--password-stdin"], `${PASSWORD}\n`);
		if (user.status !== 0) throw new Error(`user add: ${user.err}`);
	}
	const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--db", db, ...options]);
	const server = { child, db, log: "", port: 0 };
	server.ended = new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
	await new Promise((resolve, reject) => {
		child.stderr.on("data", (bytes) => {
			server.log += bytes;
			const port = /listening on port (\d+)/.exec(server.log);
			if (port) {
				server.port = Number(port[1]);
				resolve();
			}
		});
		child.on("exit", () => reject(new Error(`serve ended: ${server.log}`)));
	});
	server.stop = async () => {
		child.kill("SIGTERM");
		const end = await server.ended;
		if (folder) rmSync(folder, { recursive: true, force: true });
		return end;
	};
	return server;
}

// One request; never follows redirects.
export function request(server, method, target, { headers = {}, body } = {}) {
	return new Promise((resolve, reject) => {
		const r = http.request(
			{ host: "127.0.0.1", port: server.port, method, path: target, headers, agent: false },
			(answer) => {
				const parts = [];
				answer.on("data", (part) => parts.push(part));
				answer.on("end", () =>
					resolve({
						status: answer.statusCode,
						headers: answer.headers,
						bytes: Buffer.concat(parts),
						text: Buffer.concat(parts).toString("utf8"),
					}));
				answer.on("error", reject);
			});
		r.on("error", reject);
		if (body !== undefined) r.write(body);
		r.end();
	});
}

// Sends bytes as they are; returns all that comes back until the server hangs up, or for ms milliseconds.
export function raw(server, bytes, ms = 2000) {
	return new Promise((resolve) => {
		const socket = net.connect(server.port, "127.0.0.1");
		let text = "";
		const end = () => {
			clearTimeout(timer);
			socket.destroy();
			resolve(text);
		};
		const timer = setTimeout(end, ms);
		socket.on("data", (part) => (text += part.toString("latin1")));
		socket.on("close", end);
		socket.on("error", end);
		socket.write(bytes);
	});
}

// A browser: keeps cookies, fills in tokens.
export class Browser {
	constructor(server) {
		this.server = server;
		this.cookies = new Map();
		this.csrf = "";
	}

	async send(method, target, { headers = {}, body } = {}) {
		const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
		const answer = await request(this.server, method, target, {
			headers: { ...(cookie ? { Cookie: cookie } : {}), ...headers },
			body,
		});
		for (const line of answer.headers["set-cookie"] ?? []) {
			const [pair] = line.split(";");
			const at = pair.indexOf("=");
			if (/Max-Age=0/.test(line)) this.cookies.delete(pair.slice(0, at));
			else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
		}
		const token = /name="csrf" value="([0-9a-f]+)"/.exec(answer.text);
		if (token) this.csrf = token[1];
		return answer;
	}

	get(target, headers) {
		return this.send("GET", target, { headers });
	}

	// A form of our pages, with its token; a field csrf of its own replaces it, null leaves it out.
	post(target, fields = {}, headers = {}) {
		const all = { csrf: this.csrf, ...fields };
		const body = new URLSearchParams(Object.entries(all).filter(([, v]) => v !== null)).toString();
		return this.send("POST", target, {
			headers: {
				"Content-Type": "application/x-www-form-urlencoded",
				"Content-Length": Buffer.byteLength(body),
				...headers,
			},
			body,
		});
	}
}

export async function login(server, email = EMAIL, password = PASSWORD) {
	const browser = new Browser(server);
	await browser.get("/login");
	const answer = await browser.post("/login", { email, password });
	if (answer.status !== 303) throw new Error(`login: ${answer.status}`);
	await browser.get("/no-such-page"); // its form carries the session's token
	return browser;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
