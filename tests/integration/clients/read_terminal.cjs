// Reads one terminal with one of the Node clients and prints what it read as one line of JSON after "RESULT ".
// Usage: node read_terminal.cjs CLIENT tcp|udp PORT users|log|live COUNT
const [name, transport, port, what, count] = [
  process.argv[2],
  process.argv[3],
  Number(process.argv[4]),
  process.argv[5],
  Number(process.argv[6]),
]
const Client = require(name)

// The clients give dates in the process's zone; the test runs them in UTC so that they stay naive.
const naive = (date) => {
  const time = new Date(date)
  return Number.isNaN(time.getTime()) ? null : time.toISOString().slice(0, 19)
}

// The three are of one family, but each has other names for the same things.
const record = (row) => ({
  pin: String(row.deviceUserId ?? row.user_id),
  time: naive(row.recordTime ?? row.record_time),
  verify: row.type ?? null,
  state: row.state ?? null,
})
const user = (row) => ({ uid: row.uid, pin: String(row.userId), name: row.name })

async function connected() {
  const client = new Client('127.0.0.1', port, 5000, 0)
  if (name === 'zkteco-js' && transport === 'udp') {
    // By itself it never tries UDP, because the error it looks at has no code any more.
    await client.zudp.createSocket()
    await client.zudp.connect()
    client.connectionType = 'udp'
  } else {
    await client.createSocket()
  }
  if (client.connectionType !== transport) throw new Error(`connected by ${client.connectionType}`)
  return client
}

async function live(client) {
  const seen = []
  await new Promise((resolve) => {
    client.getRealTimeLogs((event) => {
      seen.push({ pin: String(event.userId), time: naive(event.attTime) })
      if (seen.length === count) resolve()
    })
  })
  return seen
}

async function main() {
  const client = await connected()
  let result
  if (what === 'users') result = (await client.getUsers()).data.map(user)
  else if (what === 'log') result = (await client.getAttendances()).data.map(record)
  else result = await live(client)
  process.stdout.write(`RESULT ${JSON.stringify(result)}\n`, () => process.exit(0))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
