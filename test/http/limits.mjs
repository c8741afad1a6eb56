// SPDX-License-Identifier: Apache-2.0
// Hostile and clumsy clients: too large, malformed, slow, repeated, interrupted.
import { readdirSync, readlinkSync } from "node:fs";
import net from "node:net";
import { EMAIL, PASSWORD, Browser, check, finish, login, raw, request, sleep, start } from "./lib.mjs";

const server = await start({ options: ["--max-upload", "1"] });
const alive = async () => (await request(server, "GET", "/healthz")).status === 200;
const clerk = await login(server);

// ---- too large
check("a form of more than a megabyte is refused",
	(await clerk.post("/language", { language: "fr", more: "x".repeat(1100000) })).status === 413);
check("a body announced larger than the limit is refused before it is sent", /^HTTP\/1.1 413/.test(await raw(server,
	"POST /language HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")));
check("a body without length is cut at the limit", await (async () => {
	let text = "POST /language HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n";
	const chunk = `10000\r\n${"x".repeat(65536)}\r\n`;
	for (let i = 0; i < 40; i++) text += chunk;
	const answer = await raw(server, text);
	return answer === "" || /^HTTP\/1.1 4/.test(answer);
})());
check("an address of 20 000 characters is refused",
	/^HTTP\/1.1 4(13|14|31)/.test(await raw(server, `GET /${"a".repeat(20000)} HTTP/1.1\r\nHost: x\r\n\r\n`)));
check("100 000 characters of headers are refused", await (async () => {
	const answer = await raw(server, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(100000)}\r\n\r\n`);
	return answer === "" || /^HTTP\/1.1 4/.test(answer);
})());
check("5 001 form values are refused",
	(await clerk.send("POST", "/language", { headers: { "Content-Type": "application/x-www-form-urlencoded" },
		body: "a=1&".repeat(5001) })).status === 413);

// ---- uploads
const multipart = (parts, boundary = "frontier") => Buffer.concat([
	...parts.flatMap(({ name, file, bytes }) => [
		Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"` +
			(file === undefined ? "" : `; filename="${file}"\r\nContent-Type: text/csv`) + "\r\n\r\n"),
		Buffer.from(bytes), Buffer.from("\r\n")]),
	Buffer.from(`--${boundary}--\r\n`)]);
const upload = (parts) => clerk.send("POST", "/language", {
	headers: { "Content-Type": "multipart/form-data; boundary=frontier" }, body: multipart(parts) });
const own = { name: "csrf", bytes: clerk.csrf };
const french = { name: "language", bytes: "fr" };
check("a form with a file is read", (await upload([own, french, { name: "f", file: "a.csv", bytes: "a;b\n" }])).status === 303);
check("a file control left empty is no file", (await upload([own, french, { name: "f", file: "", bytes: "" }])).status === 303);
check("an upload over the limit is refused",
	(await upload([own, french, { name: "f", file: "a.csv", bytes: "x".repeat(1200000) }])).status === 413);
check("21 files at once are refused", (await upload([own, french,
	...Array.from({ length: 21 }, (_, i) => ({ name: `f${i}`, file: "a", bytes: "x" }))])).status === 413);
check("a form cut short is refused", (await clerk.send("POST", "/language", {
	headers: { "Content-Type": "multipart/form-data; boundary=frontier" },
	body: multipart([own, french]).subarray(0, -6) })).status === 422);
check("a form without boundary is refused", (await clerk.send("POST", "/language", {
	headers: { "Content-Type": "multipart/form-data" }, body: "x" })).status === 400);
check("no upload stays open on disk", !readdirSync(`/proc/${server.child.pid}/fd`).some((fd) => {
	try {
		return /deleted/.test(readlinkSync(`/proc/${server.child.pid}/fd/${fd}`));
	} catch {
		return false; // closed meanwhile
	}
}));

// ---- not well-formed
const wrong = ["/%zz", "/a%00b", "/%ff%fe", "/../etc/passwd", "/a/%2e%2e/b", "//healthz", "/healthz//", "/./healthz",
	"/healthz?a=%zz", "/healthz?a=%00", "/healthz?%c3=1", `/${"a/".repeat(40)}`];
for (const target of wrong) {
	const answer = await raw(server, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
	check(`${target.slice(0, 24)} is refused`, /^HTTP\/1.1 4/.test(answer), answer.slice(0, 60));
}
const forms = ["language=%zz", "language=%", "language=%ff", "language=%00", "%=1", "&&&=", "a=%e2%82"];
for (const body of forms) {
	const answer = await clerk.send("POST", "/language", { headers: {
		"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": clerk.csrf }, body });
	check(`the form "${body}" is refused`, answer.status === 400 || answer.status === 422, answer.status);
}
check("a method that nobody knows is refused", /^HTTP\/1.1 400/.test(await raw(server, "BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n")));
check("a page that does not answer the method says which it does", await (async () => {
	const answer = await request(server, "DELETE", "/login");
	return answer.status === 405 && answer.headers.allow === "GET, POST";
})());
check("two lengths are refused", /^HTTP\/1.1 400/.test(await raw(server,
	"POST /language HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")));

// A thousand requests damaged at random, from a seed that is told.
let seed = Number(process.env.SEED ?? 20261121);
const random = (n) => {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	return Math.floor((seed / 4294967296) * n);
};
const sound = [
	"GET /login?back=%2Fa HTTP/1.1\r\nHost: x\r\nCookie: encours_session=abc; encours_language=fr\r\nConnection: close\r\n\r\n",
	"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 29\r\nConnection: close\r\n\r\nemail=a%40b.example&password=",
	"POST /language HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 76\r\nConnection: close\r\n\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\ncc\r\n--b--\r\n",
	"GET /static/app.css HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n",
];
const damaged = () => {
	const bytes = Buffer.from(sound[random(sound.length)], "latin1");
	for (let i = random(6) + 1; i > 0; i--) bytes[random(bytes.length)] = random(256);
	return random(4) ? bytes : bytes.subarray(0, random(bytes.length));
};
let crashes = 0;
for (let i = 0; i < 1000; i += 50) {
	await Promise.all(Array.from({ length: 50 }, () => raw(server, damaged(), 300)));
	if (server.child.exitCode !== null) crashes++;
}
check("a thousand malformed requests do no harm", crashes === 0 && (await alive()), process.env.SEED);

// ---- once
const key = "0123456789abcdef-once";
const one = await clerk.post("/language", { language: "fr", back: "/login", idempotency_key: key });
const two = await clerk.post("/language", { language: "fr", back: "/login", idempotency_key: key });
check("the same form sent twice gets the same answer", one.status === 303 && two.status === 303 &&
	two.headers.location === "/login" && two.headers["idempotent-replay"] === "true" && !one.headers["idempotent-replay"]);
check("another form under the same key is refused",
	(await clerk.post("/language", { language: "en", back: "/login", idempotency_key: key })).status === 409);
check("a refused form does not use up its key",
	(await clerk.post("/language", { language: "xx", idempotency_key: "other" })).status === 422 &&
	(await clerk.post("/language", { language: "en", idempotency_key: "other" })).status === 303);
check("twenty at once have one effect", await (async () => {
	const answers = await Promise.all(Array.from({ length: 20 }, () =>
		clerk.post("/language", { language: "fr", idempotency_key: "many" })));
	const first = answers.filter((a) => a.status === 303 && !a.headers["idempotent-replay"]).length;
	return first === 1 && answers.every((a) => a.status === 303 || a.status === 409);
})());
check("a key of 200 characters is refused",
	(await clerk.post("/language", { language: "fr", idempotency_key: "k".repeat(200) })).status === 400);

// ---- files of the program
const css = /href="(\/static\/app\.[0-9a-f]+\.css)"/.exec((await new Browser(server).get("/login")).text)[1];
const plain = await request(server, "GET", css);
const packed = await request(server, "GET", css, { headers: { "Accept-Encoding": "gzip" } });
check("the style sheet is kept for ever", plain.status === 200 && /immutable/.test(plain.headers["cache-control"]));
check("it is sent compressed to who asks", packed.headers["content-encoding"] === "gzip" && packed.bytes.length < plain.bytes.length);
check("an old address of it is gone", (await request(server, "GET", "/static/app.0000000000000000.css")).status === 404);

// ---- slow
const trickle = (first, more) => new Promise((resolve) => {
	const begun = Date.now();
	const socket = net.connect(server.port, "127.0.0.1");
	const timer = setInterval(() => socket.write(more), 500);
	socket.on("error", () => {});
	socket.on("close", () => {
		clearInterval(timer);
		resolve((Date.now() - begun) / 1000);
	});
	socket.write(first);
	setTimeout(() => socket.destroy(), 45000);
});
const slow = await Promise.all([
	...Array.from({ length: 30 }, () => trickle("GET / HTTP/1.1\r\nHost: x\r\n", "X: y\r\n")),
	trickle("", ""),
]);
check("clients that trickle their headers are cut after ten seconds", slow.every((s) => s < 40), slow.slice(0, 3));
check("others are served meanwhile", await alive());

// ---- a clean stop
const going = net.connect(server.port, "127.0.0.1");
const body = new URLSearchParams({ email: EMAIL, password: PASSWORD, csrf: "x" }).toString();
let answer = "";
going.on("data", (d) => (answer += d));
going.on("error", () => {});
going.write(`POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, 10)}`);
const closed = new Promise((done) => going.on("close", done));
await sleep(1000);
await alive();
const stopping = server.stop();
// The stop has begun once nobody new is let in.
const knock = () => new Promise((done) => {
	const door = net.connect(server.port, "127.0.0.1", () => { door.destroy(); done(true); });
	door.on("error", () => done(false));
});
for (let i = 0; i < 100 && (await knock()); i++) await sleep(50);
going.write(body.slice(10));
const end = await stopping;
await closed;
check("a request that has begun is answered before the server ends", /^HTTP\/1.1 403/.test(answer), answer.slice(0, 40));
check("the server ends by itself", end.code === 0, end);
finish();
