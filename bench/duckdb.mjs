// SPDX-License-Identifier: Apache-2.0
// duckdb.mjs FOLDER AS-OF: the same questions to DuckDB, one thread, in memory. Prints one JSON object; seconds of
// processor, medians of three.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";

const { DuckDBInstance } = createRequire(import.meta.url)("@duckdb/node-api");
const [folder, asOf] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const db = await instance.connect();
const worked = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6; };

async function median(times, sql, before) {
	const t = [];
	let rows;
	for (let i = 0; i < times; i++) {
		if (before) await db.run(before);
		const begin = worked();
		rows = (await db.runAndReadAll(sql)).getRows();
		t.push(worked() - begin);
	}
	return [t.sort((a, b) => a - b)[Math.floor(times / 2)], rows];
}

const columns = "{doc_no:'VARCHAR',kind:'VARCHAR',customer_id:'VARCHAR',issue_date:'DATE',due_date:'DATE',"
	+ "amount_ttc:'DECIMAL(18,2)',amount_ht:'DECIMAL(18,2)',vat:'DECIMAL(18,2)',open_amount:'DECIMAL(18,2)',rf_ref:'VARCHAR'}";
const csv = `read_csv('${folder}/invoices.csv', header=true, columns=${columns})`;
const late = `date '${asOf}' - due_date`;
const bucket = `case when ${late} <= 0 then 0 when ${late} <= 30 then 1 when ${late} <= 60 then 2 when ${late} <= 90 then 3 else 4 end`;
const result = {};

[result.load] = await median(3, `create table item as select * from ${csv}`, "drop table if exists item");
const [age, rows] = await median(5, `select ${bucket} b, sum(open_amount) from item where open_amount <> 0 group by b order by b`);
result.age = age;
result.buckets = rows.map((r) => Math.round(Number(String(r[1])) * 100));
[result.worst] = await median(5, `select customer_id, sum(open_amount) filter (where b > 0) late, sum(open_amount) filter (where b = 0),`
	+ ` sum(open_amount) filter (where b = 1), sum(open_amount) filter (where b = 2), sum(open_amount) filter (where b = 3),`
	+ ` sum(open_amount) filter (where b = 4) from (select customer_id, open_amount, ${bucket} b from item where open_amount <> 0)`
	+ " group by customer_id order by late desc nulls last limit 100");
result.mib = process.resourceUsage().maxRSS / 1024;
if (existsSync(`${folder}/fec.txt`)) {
	await db.run("drop table item");
	const [t, n] = await median(1, `create table fec as select * from read_csv('${folder}/fec.txt', delim='\t', header=true, quote='', all_varchar=true,`
		+ ` null_padding=true)`, "drop table if exists fec");
	result.fec = t;
	result.fecLines = Number(n?.[0]?.[0] ?? 0);
}
console.log(JSON.stringify(result));
