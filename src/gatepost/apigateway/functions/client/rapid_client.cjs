// The connection to the Runtime API, in place of aws-lambda-ric's compiled module: that one needs a compiler and
// autotools to be installed, and asks twice for each event. Loaded with `node --require`, before aws-lambda-ric.
"use strict";

const Module = require("node:module");
const net = require("node:net");

const address = process.env.AWS_LAMBDA_RUNTIME_API;
const [host, port] = [address.slice(0, address.lastIndexOf(":")), Number(address.slice(address.lastIndexOf(":") + 1))];

let connection = null;
let unsent = Buffer.alloc(0);
let received = Buffer.alloc(0);
const waiting = [];

function connect() {
  connection = net.createConnection({ host, port, noDelay: true });
  connection.on("data", (data) => {
    received = received.length ? Buffer.concat([received, data]) : data;
    take();
  });
  connection.on("error", () => process.exit(1));
  connection.on("close", () => process.exit(1));
}

// Hand every complete answer to who waits for it.
function take() {
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const [first, ...lines] = received.toString("latin1", 0, end).split("\r\n");
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const last = end + 4 + Number(headers["content-length"]);
    if (received.length < last) return;
    const body = received.toString("utf8", end + 4, last);
    received = received.subarray(last);
    waiting.shift()({ status: Number(first.slice(9, 12)), headers, body });
  }
}

function post(id, kind, body, type) {
  const content = Buffer.from(body);
  const head =
    `POST /2018-06-01/runtime/invocation/${id}/${kind} HTTP/1.1\r\nHost: ${address}\r\n` +
    `Content-Type: application/json\r\n${type}Content-Length: ${content.length}\r\n\r\n`;
  unsent = Buffer.concat([Buffer.from(head), content]);
}

const client = {
  initializeClient() {},
  // The result is sent by `next`, which aws-lambda-ric calls right after.
  done(id, body) {
    post(id, "response", body, "");
  },
  error(id, body) {
    post(id, "error", body, "Lambda-Runtime-Function-Error-Type: Unhandled\r\n");
  },
  next() {
    return new Promise((resolve, reject) => {
      if (connection === null) connect();
      if (unsent.length) {
        waiting.push(({ status, body }) => {
          if (status !== 202) reject(new Error(`the result was refused: ${status} ${body}`));
        });
      }
      waiting.push(({ status, headers, body }) => {
        if (status === 200) resolve({ bodyJson: body, headers });
        else reject(new Error(`no event: ${status}`));
      });
      connection.write(
        Buffer.concat([unsent, Buffer.from(`GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`)]),
      );
      unsent = Buffer.alloc(0);
    });
  },
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return request.endsWith("rapid-client.node") ? __filename : resolve.call(this, request, ...rest);
};
module.exports = client;
