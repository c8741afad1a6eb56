// SPDX-License-Identifier: Apache-2.0
// Remittance advices on their pages: taken, joined by hand and separated, the file given back; hostile and wrong input.
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const server = await start({ demo: "small" });
const clerk = await login(server);
const key = () => Math.random().toString(16).slice(2).padEnd(16, "0");
const toast = (page) => /<div class="toast[\s\S]*?<\/div>/.exec(page.text)?.[0] ?? "";
function send(browser, files) {
	const boundary = `b${key()}`;
	const parts = [];
	for (const [name, value] of Object.entries({ csrf: browser.csrf, idempotency_key: key() }))
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
	for (const [name, bytes] of files)
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: text/html\r\n\r\n`), Buffer.from(bytes), Buffer.from("\r\n"));
	parts.push(Buffer.from(`--${boundary}--\r\n`));
	const body = Buffer.concat(parts);
	return browser.send("POST", "/bank/advices", { headers: { "Content-Type": `multipart/form-data; boundary=${boundary}`, "Content-Length": body.length }, body });
}
const rows = (page) => [...page.text.matchAll(/href="\/bank\/advices\/(\d+)"[^>]*>([^<]*)</g)].map((m) => ({ id: m[1], name: m[2] }));

let page = await clerk.get("/bank/advices");
check("the page takes files", page.status === 200 && page.text.includes('enctype="multipart/form-data"'), page.status);
check("there is none yet", rows(page).length === 0);

// ---- taken, shown, given back
const text = "Avis de paiement\nXY2026-4711 123 456,78\nXY2026-4712 1,22\nTotal 123 458,00\n";
const sent = await send(clerk, [["avis.txt", text]]);
const at = sent.headers.location;
check("an advice is taken", sent.status === 303 && /^\/bank\/advices\/\d+$/.test(at ?? ""), [sent.status, at]);
page = await clerk.get(at);
check("its lines are shown", page.status === 200 && page.text.includes("XY2026-4711") && page.text.includes("XY2026-4712"), page.status);
check("it waits, with receipts that it may be of", page.text.includes(`action="${at}/join"`) && page.text.includes("Waiting"));
const file = await clerk.get(`${at}/file`);
check("the file comes back as it was sent, saved only", file.status === 200 && file.text === text && /^attachment; filename=/.test(file.headers["content-disposition"]), file.headers);
check("the same file changes nothing", (await send(clerk, [["other name.txt", text]])).headers.location === at && rows(await clerk.get("/bank/advices")).length === 1);

// ---- joined and separated
const entry = /name="entry" value="(#\d+)"/.exec(page.text)[1];
const joined = await clerk.post(`${at}/join`, { entry, idempotency_key: key() });
page = await clerk.get(at);
check("it is joined by hand", joined.status === 303 && page.text.includes(`/bank/entries/${entry.slice(1)}"`) && !page.text.includes('name="entry" value="#'), joined.status);
const second = (await send(clerk, [["second.csv", "Document;Montant\nXY2026-4713;99,00\nXY2026-4714;1,00\nTotal;100,00\n"]])).headers.location;
check("a receipt that has its advice is no candidate", !(await clerk.get(second)).text.includes(`value="${entry}"`));
await clerk.post(`${second}/join`, { entry, idempotency_key: key() });
page = await clerk.get(second);
check("nor takes another, and the page says why", /has another remittance advice/.test(toast(page)) && page.text.includes("Waiting"), toast(page));
await clerk.post(`${at}/join`, { entry: "", idempotency_key: key() });
check("they are separated", (await clerk.get(at)).text.includes('name="entry" value="#'));
for (const wrong of ["#7", "no such receipt", "<script>"]) {
	await clerk.post(`${at}/join`, { entry: wrong, idempotency_key: key() });
	page = await clerk.get(at);
	check(`refused in words: ${wrong}`, toast(page) !== "" && !page.text.includes("<script>") && page.text.includes("Waiting"), toast(page));
}

// ---- wrong files
const before = rows(await clerk.get("/bank/advices")).length;
for (const [name, bytes, why] of [
	["empty.txt", "", "nothing in it"],
	["letter.txt", "Bonjour, merci.\n", "no line of an advice"],
	["advice.pdf", "%PDF-1.4\n%%EOF\n", "a PDF"],
	["broken.xlsx", "PK\x03\x04 no workbook", "a workbook that is none"],
	["big.txt", Buffer.alloc((8 << 20) + 1, 120), "more than 8 MB"],
]) {
	const answer = await send(clerk, [[name, bytes]]);
	page = await clerk.get("/bank/advices");
	check(`refused in words: ${why}`, answer.status === 303 && rows(page).length === before && toast(page) !== "", [answer.status, toast(page)]);
}
check("no file at all is told", (await send(clerk, [])).status === 303 && toast(await clerk.get("/bank/advices")) !== "");
const hostile = (await send(clerk, [["../<img src=x>.txt", "XY2026-4720 5,00\nTotal 5,01\n"]])).headers.location;
page = await clerk.get(hostile);
check("a hostile name is cleaned, and what does not add up is told", page.status === 200 && !page.text.includes("<img src=x") && /does not add up/.test(page.text));

// ---- rights
for (const path of ["/bank/advices/7", "/bank/advices/7/file", "/bank/advices/x"]) check(`${path} is not found`, (await clerk.get(path)).status === 404);
check("no token, no act", (await clerk.post(`${at}/join`, { csrf: null, entry, idempotency_key: key() })).status === 403);
check("without login there is nothing to see", (await new Browser(server).get(at)).status === 303);
run(server.db, ["user", "add", "audit@example.org", "--role", "auditor", "--password-stdin"], "correct horse battery\n");
const auditor = await login(server, "audit@example.org", "correct horse battery");
page = await auditor.get(at);
check("an auditor reads and has no buttons", page.status === 200 && !page.text.includes(`action="${at}/join"`), page.status);
check("and takes nothing", (await send(auditor, [["a.txt", text]])).status === 403);
check("nor joins", (await auditor.post(`${at}/join`, { entry, idempotency_key: key() })).status === 403);
check("every law holds", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);
await server.stop();
finish();
