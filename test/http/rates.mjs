// SPDX-License-Identifier: Apache-2.0
// Rates on a page: entered, imported, listed by both times, taken back; the group's currency beside the company's.
import { check, finish, login, run, start } from "./lib.mjs";

const server = await start({ demo: "small" });
const clerk = await login(server);
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const toast = (page) => /<div class="toast[^]*?<\/div>/.exec(page.text)?.[0] ?? "";
const rates = async (query = "") => JSON.parse((await clerk.get(`/settings/rates?format=json${query}`)).text).rates;
const here = "/settings/rates";

async function upload(name, text) {
	const boundary = "----rates";
	const part = (field, value) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`;
	const body = Buffer.from(`${part("csrf", clerk.csrf)}${part("idempotency_key", key().idempotency_key)}--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n--${boundary}--\r\n`);
	await clerk.send("POST", `${here}/import`, { headers: { "Content-Type": `multipart/form-data; boundary=${boundary}`, "Content-Length": body.length }, body });
	return clerk.get(here);
}

let page = await clerk.get(here);
check("the page stands among the settings", page.status === 200 && page.text.includes('href="/settings/rates"') && page.text.includes("Rates of the law"), page.status);
check("the rates of the law name their source", page.text.includes("ECB, decisions of the Governing Council"));
const before = (await rates()).length;

// ---- one by hand
const year = new Date().getUTCFullYear() - 1;
check("a rate is entered", (await clerk.post(here, { currency: "cad", on: `${year}-03-10`, rate: "1,5012", source: "Bank <b>of</b> Canada", ...key() })).status === 303);
page = await clerk.get(here);
const way = /action="(\/undo\/[\d,]+)"/.exec(toast(page))?.[1];
check("it is said, with the way back, and its source is text", Boolean(way) && page.text.includes("Bank &lt;b&gt;of&lt;/b&gt; Canada"), toast(page));
check("it is listed", (await rates()).some((r) => r.currency === "CAD" && r.date === `${year}-03-10` && /^1[.,]5012$/.test(r.rate)), await rates());
check("not as of the day before", !(await rates(`&as_of=${year}-03-09`)).some((r) => r.currency === "CAD"));
check("nor as it was known then", !(await rates(`&known_at=${year}-12-31`)).some((r) => r.currency === "CAD"));
for (const [field, value, says] of [["currency", "EUR", "other than EUR"], ["currency", "US1", "other than EUR"], ["rate", "-1", "greater than 0"], ["rate", "1.1234567", "six decimals"], ["rate", "0", "greater than 0"], ["on", "2099-01-01", "in the future"], ["source", "", ""]]) {
	const wrong = await clerk.post(here, { currency: "SEK", on: `${year}-03-10`, rate: "11.2", source: "x", [field]: value, ...key() });
	check(`${field} "${value}" is refused in its place`, wrong.status === 422 && wrong.text.includes(says) && wrong.text.includes("aria-invalid"), wrong.status);
}
check("nothing of what was refused is there", !(await rates()).some((r) => r.currency === "SEK"));
check("it is taken back", (await clerk.post(way, { back: here, ...key() })).status === 303 && !(await rates()).some((r) => r.currency === "CAD") && (await rates()).length === before);

// ---- a file
page = await upload("eurofxref.csv", `Date,NOK,SEK,\n${year}-05-05,11.50,10.90,\n${year}-05-04,11.51,10.91,\n`);
check("a file of the ECB is taken", /4 new rates/.test(toast(page)), toast(page));
check("the latest of each, or every day of one", (await rates()).find((r) => r.currency === "NOK").rate.startsWith("11") && (await rates("&currency=NOK")).length === 2);
page = await upload("eurofxref.csv", `Date,NOK,SEK,\n${year}-05-05,11.50,10.90,\n`);
check("twice adds nothing", /0 new rate/.test(toast(page)), toast(page));
page = await upload("wrong.csv", `currency,date,rate\nSEK,${year}-02-31,11\n`);
check("a wrong file is refused with its line", /line 2/.test(toast(page)) && toast(page).includes("wrong.csv"), toast(page));
page = await upload("hostile.csv", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Cube>&a;</Cube>");
check("what is no file of rates is refused", /is not taken/.test(toast(page)) && !page.text.includes("root:"), toast(page));
const csv = await clerk.get(`${here}?show=all&format=csv`);
check("the list is a file too", csv.status === 200 && csv.text.includes("NOK") && csv.text.split("\r\n").length >= 6);

// ---- the group's currency
check("none is told before", !(await clerk.get("/")).text.includes("In the group"));
check("it is kept", (await clerk.post(`${here}/group`, { group_currency: "NOK", ...key() })).status === 303);
const home = await clerk.get("/");
check("the dashboard tells the total in it, with its rate", home.text.includes("In the group") && home.text.includes("NOK") && home.text.includes("at the rate of"), home.text.slice(0, 200));
const total = JSON.parse(run(server.db, ["ageing", "--json"]).out);
const cents = (s) => Math.round(Number(s) * 100);
// Each item is rounded by itself, in either currency: half a cent of each.
const slack = total.buckets.reduce((n, b) => n + b.items, 100) * 6;
check("it is the company's items at that rate", total.group.currency === "NOK" && Math.abs(cents(total.group.total) - cents(total.total) * 11.5) <= slack, total.group);
check("the customers' list tells it", (await clerk.get("/customers")).text.includes("In the group"));
check("what is no currency is refused", (await clerk.post(`${here}/group`, { group_currency: "crowns", ...key() })).status === 422);

// ---- rights
check("an accountant is made", run(server.db, ["user", "add", "books@example.org", "--role", "accountant", "--password-stdin"], "correct horse battery\n").status === 0);
const accountant = await login(server, "books@example.org", "correct horse battery");
check("who may not set may not look nor write", (await accountant.get(here)).status === 403 && (await accountant.post(here, { currency: "SEK", on: `${year}-03-10`, rate: "11", source: "x", ...key() })).status === 403);
check("everything still holds", run(server.db, ["verify"]).status === 0);

await server.stop();
finish();
