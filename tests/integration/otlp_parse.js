// SPDX-License-Identifier: Apache-2.0
// otlp_parse.js MODULES <LINES: reads each line of an OTLP/JSON file as OpenTelemetry's own message, ExportTraceServiceRequest, by the
// parser in MODULES, and prints its spans, one a line. A line that is not just what the message can hold is an error: it
// must come back the same from the message's binary form.
"use strict";
const assert = require("assert");
const fs = require("fs");
const path = require("path");

const root = require(path.join(process.argv[2], "node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js"));
const Request = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

// OTLP/JSON has these in hexadecimal, where JSON of protobuf else has base64.
const ids = { traceId: 16, spanId: 8, parentSpanId: 8 };

function toBytes(value, key) {
	if (Array.isArray(value))
		return value.map(item => toBytes(item));
	if (value === null || typeof value !== "object") {
		if (!(key in ids))
			return value;
		assert.match(value, /^[0-9a-f]*$/);
		assert.strictEqual(value.length, 2 * ids[key], key);
		return Buffer.from(value, "hex");
	}
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toBytes(item, name)]));
}

function toHex(value) {
	if (value instanceof Uint8Array)
		return Buffer.from(value).toString("hex");
	if (Array.isArray(value))
		return value.map(toHex);
	if (value === null || typeof value !== "object")
		return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toHex(item)]));
}

for (const line of fs.readFileSync(0, "utf8").split("\n").slice(0, -1)) {
	const given = JSON.parse(line);
	const message = Request.fromObject(toBytes(given));
	assert.strictEqual(Request.verify(message), null);
	const binary = Request.encode(message).finish();
	const back = Request.toObject(Request.decode(binary), { longs: String, enums: Number, bytes: Buffer });
	assert.deepStrictEqual(toHex(back), given);
	for (const resource of given.resourceSpans)
		for (const scope of resource.scopeSpans)
			for (const span of scope.spans) {
				assert(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name);
				console.log(JSON.stringify(span));
			}
}
