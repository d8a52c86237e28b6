// Reads one terminal with zkteco-js and prints what it read as one line of JSON after "RESULT ".
// Usage: node read_terminal.cjs PORT users|log|live COUNT
const ZktecoJs = require('zkteco-js')

const [port, what, count] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])]

// The library gives dates in the process's zone; the test runs it in UTC so that they stay naive.
const naive = (date) => new Date(date).toISOString().slice(0, 19)

async function live(client) {
  const seen = []
  const finished = new Promise((resolve) => {
    client.getRealTimeLogs((event) => {
      seen.push({ pin: event.userId, time: naive(event.attTime) })
      if (seen.length === count) resolve()
    })
  })
  await finished
  return seen
}

async function main() {
  const client = new ZktecoJs('127.0.0.1', port, 5000, 4000)
  await client.createSocket()
  let result
  if (what === 'users') {
    result = (await client.getUsers()).data.map((user) => ({ uid: user.uid, pin: user.userId, name: user.name }))
  } else if (what === 'log') {
    result = (await client.getAttendances()).data.map((record) => ({
      pin: record.user_id,
      time: naive(record.record_time),
      verify: record.type,
      state: record.state,
    }))
  } else {
    result = await live(client)
  }
  process.stdout.write(`RESULT ${JSON.stringify(result)}\n`, () => process.exit(0))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
