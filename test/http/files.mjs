// SPDX-License-Identifier: Apache-2.0
// Files attached to items, customers, disputes and promises: taken, shown only when harmless, saved as they
// came, taken away and back; hostile names and types; rights and scope.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const server = await start();
check("the demo is loaded", run(server.db, ["demo", "--size", "small"]).status === 0);
const clerk = await login(server);
const key = () => Math.random().toString(16).slice(2).padEnd(16, "0");
const list = (await clerk.get("/items")).text;
const item = /href="\/items\/(\d+)/.exec(list)[1];
const customer = /href="\/customers\/(\d+)/.exec(list)[1];

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n");
const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(64)]);

function form(browser, fields, files) {
	const boundary = `b${key()}`;
	const parts = [];
	for (const [name, value] of Object.entries({ csrf: browser.csrf, idempotency_key: key(), ...fields }))
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
	for (const [name, bytes] of files)
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: text/html\r\n\r\n`), bytes, Buffer.from("\r\n"));
	parts.push(Buffer.from(`--${boundary}--\r\n`));
	const body = Buffer.concat(parts);
	return browser.send("POST", "/files", { headers: { "Content-Type": `multipart/form-data; boundary=${boundary}`, "Content-Length": body.length }, body });
}
const attach = (browser, kind, subject, files, back = `/${kind}s/${subject}`) => form(browser, { kind, subject, back }, files);
const listed = (page) => [...page.text.matchAll(/href="\/files\/(\d+)(\?save=1)?"[^>]*>([^<]+)</g)].map((m) => ({ id: m[1], saved: Boolean(m[2]), name: m[3] }));
const toast = (page) => /<div class="toast">[\s\S]*?<\/div>/.exec(page.text)?.[0] ?? "";

// ---- taken, listed, given back
const sent = await attach(clerk, "item", item, [["bon de livraison.pdf", PDF], ["photo.PNG", PNG], ["notes.txt", Buffer.from("<script>alert(1)</script>")]]);
check("three files are attached at once", sent.status === 303 && sent.headers.location === `/items/${item}`, sent.status);
let page = await clerk.get(`/items/${item}`);
check("they are listed, and the page says so", listed(page).length === 3 && /3 files attached/.test(toast(page)), toast(page));
const [pdf, png, txt] = ["bon de livraison.pdf", "photo.PNG", "notes.txt"].map((n) => listed(page).find((f) => f.name === n));
const shown = await clerk.get(`/files/${pdf.id}`);
check("a PDF is shown, byte for byte", shown.status === 200 && shown.headers["content-type"] === "application/pdf" && /^inline/.test(shown.headers["content-disposition"]) && shown.bytes.equals(PDF), shown.headers);
check("under a policy that runs nothing", /default-src 'none'/.test(shown.headers["content-security-policy"]) && shown.headers["x-content-type-options"] === "nosniff");
check("or saved", /^attachment; filename=/.test((await clerk.get(`/files/${pdf.id}?save=1`)).headers["content-disposition"]));
check("a picture is shown", (await clerk.get(`/files/${png.id}`)).headers["content-type"] === "image/png");
const text = await clerk.get(`/files/${txt.id}`);
check("a text is only saved, whatever the sender called it", /^attachment/.test(text.headers["content-disposition"]) && text.headers["content-type"] === "text/plain" && txt.saved, text.headers);

// ---- hostile
for (const [name, bytes, why] of [
	["page.html", Buffer.from("<script>"), "HTML"],
	["picture.svg", Buffer.from("<svg/>"), "SVG"],
	["run.exe", Buffer.from("MZ"), "a program"],
	["invoice.pdf", Buffer.from("<html>"), "a PDF that is none"],
	["photo.png", PDF, "a picture that is none"],
	["noending", PDF, "a name without ending"],
	["x.pdf.exe", PDF, "two endings"],
	["big.txt", Buffer.alloc(20 * 1024 * 1024 + 1, 120), "more than 20 MB"],
]) {
	const answer = await attach(clerk, "customer", customer, [[name, bytes]]);
	page = await clerk.get(`/customers/${customer}?tab=files`);
	check(`refused in words: ${why}`, answer.status === 303 && listed(page).length === 0 && toast(page) !== "" && !/attached/.test(toast(page)), [answer.status, toast(page)]);
}
check("one bad file leaves all out", (await attach(clerk, "customer", customer, [["good.pdf", PDF], ["bad.exe", PDF]])).status === 303 && listed(await clerk.get(`/customers/${customer}?tab=files`)).length === 0);
for (const [name, clean] of [
	["../../etc/passwd.txt", "passwd.txt"],
	["C:\\\\temp\\\\a.txt", "a.txt"],
	[".htaccess.txt", "htaccess.txt"],
	["a<b>c.txt", "abc.txt"],
	["cod\u202etxt.fdp.txt", "codtxt.fdp.txt"],
	[`${"é".repeat(120)}.txt`, `${"é".repeat(116)}.txt`],
]) {
	await attach(clerk, "customer", customer, [[name, Buffer.from("x")]]);
	page = await clerk.get(`/customers/${customer}?tab=files`);
	check(`a hostile name is cleaned: ${clean.slice(0, 20)}`, listed(page).some((f) => f.name === clean), listed(page).map((f) => f.name));
}

// ---- taken away, and back
const gone = await clerk.post(`/files/${pdf.id}/remove`, { back: `/items/${item}`, idempotency_key: key() });
page = await clerk.get(`/items/${item}`);
check("a file is taken away", gone.status === 303 && listed(page).length === 2 && (await clerk.get(`/files/${pdf.id}`)).status === 404);
const back = /action="(\/undo\/\d+)"/.exec(toast(page))?.[1];
await clerk.post(back, { back: `/items/${item}`, idempotency_key: key() });
check("and back", listed(await clerk.get(`/items/${item}`)).length === 3 && (await clerk.get(`/files/${pdf.id}`)).status === 200);

// ---- of disputes and promises
const dispute = JSON.parse(run(server.db, ["dispute", "list", "--json"]).out).disputes?.[0]?.id;
if (dispute) {
	const at = `/files?kind=dispute&subject=${dispute}`;
	await attach(clerk, "dispute", dispute, [["preuve.pdf", PDF]], at);
	check("a dispute has files", listed(await clerk.get(at)).length === 1);
}

// ---- of what was received by hand
const entered = run(server.db, ["receipt", "add", "--cheque", "99887", "--drawer", "MENUISERIE DUBOURG", "--amount", "12.00", "--json"]);
const receipt = JSON.parse(entered.out).id;
const ofReceipt = `/files?kind=receipt&subject=${receipt}`;
await attach(clerk, "receipt", receipt, [["cheque 99887.png", PNG]], ofReceipt);
check("a cheque has its picture", listed(await clerk.get(ofReceipt)).length === 1, entered);
check("and its list tells it", new RegExp(`href="/files\\?kind=receipt&amp;subject=${receipt}">1 file<`).test((await clerk.get("/bank/receipts")).text));
const coupon = join(mkdtempSync(join(tmpdir(), "encours-files-")), "coupon.pdf");
writeFileSync(coupon, PDF);
check("the command attaches too", run(server.db, ["receipt", "attach", `${receipt}`, coupon]).status === 0 && listed(await clerk.get(ofReceipt)).some((f) => f.name === "coupon.pdf"));
check("not what is not there, nor to what is no receipt", run(server.db, ["receipt", "attach", `${receipt}`, `${coupon}.none`]).status !== 0 && run(server.db, ["receipt", "attach", "1", coupon]).status !== 0);
check("what is no receipt has none", (await clerk.get("/files?kind=receipt&subject=1")).status === 404 && (await clerk.get("/files?kind=deposit_slip&subject=1")).status === 404);

// ---- rights and scope
check("without login there is no file", (await new Browser(server).get(`/files/${pdf.id}`)).status === 303);
run(server.db, ["user", "add", "audit@example.org", "--role", "auditor", "--password-stdin"], "correct horse battery\n");
const auditor = await login(server, "audit@example.org", "correct horse battery");
check("an auditor reads", (await auditor.get(`/files/${pdf.id}`)).status === 200);
check("and attaches nothing", (await attach(auditor, "item", item, [["a.pdf", PDF]])).status === 403);
check("nor takes away", (await auditor.post(`/files/${pdf.id}/remove`, { idempotency_key: key() })).status === 403);
run(server.db, ["user", "add", "sales@example.org", "--role", "salesperson", "--password-stdin"], "correct horse battery\n");
const sales = await login(server, "sales@example.org", "correct horse battery");
check("who does not see the customer does not see its files", (await sales.get(`/files/${pdf.id}`)).status === 404 && (await sales.get(`/files?kind=item&subject=${item}`)).status === 404);
check("nor what the company received by hand", (await sales.get(ofReceipt)).status === 404);
check("nor attaches any", (await attach(sales, "item", item, [["a.pdf", PDF]])).status === 404);
for (const bad of ["kind=user_account&subject=1", "kind=import&subject=1", "kind=item&subject=x", "subject=1", `kind=customer&subject=${item}`])
	check(`nothing else has files: ${bad}`, (await clerk.get(`/files?${bad}`)).status === 404);
check("no token, no file", (await form(clerk, { csrf: "", kind: "item", subject: item, back: "/" }, [["a.pdf", PDF]])).status === 403);

await server.stop();
finish();
