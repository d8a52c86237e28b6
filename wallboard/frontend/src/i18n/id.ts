/** What people read, in Indonesian: the language everything else is translated from. */

export const id = {
  provisional: 'SEMENTARA',
  provisionalHint: 'Angka masih dapat berubah sampai hari kerja selesai dan semua mesin terbaca.',
  asOf: (time: string, read: string, terminals: string) =>
    `Data s.d. ${time} · ${read}/${terminals} mesin terbaca`,
  asOfNever: (read: string, terminals: string) => `Belum ada data · ${read}/${terminals} mesin terbaca`,
  language: 'Bahasa',
  clock: 'Waktu kota',

  required: 'Wajib hadir saat ini',
  summary: 'Ringkasan kota',
  apart: 'Tidak wajib hadir',
  status: {
    present: 'Hadir',
    late: 'Terlambat',
    not_yet: 'Belum hadir',
    waiting: 'Menunggu data',
    absent: 'Tanpa keterangan',
    left_early: 'Pulang cepat',
    excused: 'Cuti/izin',
    not_due: 'Belum jadwal',
    off: 'Libur',
  },
  excuse: {
    leave: 'Cuti/izin',
    permit: 'Cuti/izin',
    duty_travel: 'Dinas luar',
    study: 'Tugas belajar',
    training: 'Diklat',
  },
  learning: 'Diklat & tugas belajar',

  offices: 'Unit kerja',
  tile: {
    absent: 'tanpa ket.',
    late: 'terlambat',
    waiting: 'menunggu',
    not_yet: 'belum hadir',
    left_early: 'pulang cepat',
    complete: 'lengkap',
    off: 'libur',
    notDue: 'belum jadwal',
    excused: 'berketerangan',
    atLeast: 'sekurang-kurangnya',
  },
  dark: (n: string) => `${n} mesin belum terbaca`,
  presentOf: (present: string, required: string) => `${present} dari ${required} hadir`,

  ticker: 'Baru saja',
  tickerEmpty: 'Belum ada yang absen di mesin hari ini.',
  unknownPin: 'PIN belum dikenal',
  otherSite: (terminal: string) => `di ${terminal}`,
  minutesLate: (minutes: string) => `${minutes} menit`,
  minutesEarly: (minutes: string) => `pulang ${minutes} menit lebih cepat`,
  shift: (code: string) => `dinas ${code}`,

  terminals: 'Mesin',
  terminalsConnected: (online: string, all: string) => `${online} dari ${all} terhubung`,
  terminalsNone: 'Belum ada mesin terdaftar.',
  offlineSince: (time: string) => `terputus sejak ${time}`,
  offlineNever: 'belum pernah terhubung',
  clockAhead: (amount: string) => `jam lebih cepat ${amount}`,
  clockBehind: (amount: string) => `jam lebih lambat ${amount}`,
  logFill: (percent: string) => `catatan terisi ${percent}`,
  terminalError: (code: string) => `gangguan: ${code}`,
  more: (n: string) => `dan ${n} mesin lain`,
  seconds: (n: string) => `${n} detik`,
  minutes: (n: string) => `${n} menit`,
  hours: (n: string) => `${n} jam`,
  days: (n: string) => `${n} hari`,
  clockDead: 'jam mati: baterainya habis',
  terminalErrorCode: {
    Unreachable: 'tidak menjawab di alamatnya',
    LinkClosed: 'menutup sambungan',
    DeadlineExceeded: 'tidak menjawab tepat waktu',
    MalformedFrame: 'menjawab dengan data rusak',
    ChecksumMismatch: 'menjawab dengan data rusak',
    UnexpectedReply: 'menjawab tidak semestinya',
    AuthRejected: 'menolak kunci komunikasi',
    SecureFirmware: 'hanya menerima sambungan terenkripsi',
    Busy: 'sedang dipakai',
    AccessPanel: 'bukan mesin presensi, melainkan panel pintu',
    WrongTerminal: 'bukan mesin yang terdaftar di alamat ini',
    UnusableAddress: 'alamatnya tidak dapat dipakai',
    UnknownDriver: 'cara membacanya tidak dikenal',
    KeyRefused: 'mengirim dengan kunci yang salah',
    OutsideNetwork: 'mengirim dari jaringan lain',
    NotAdmitted: 'belum disetujui untuk mengirim',
    Silent: 'tidak lagi mengirim',
    Unproved: 'tidak dapat membuktikan bahwa semua sudah dikirim',
    Unsupported: 'tidak mendukung perintah',
    LogDiscontinuity: 'catatannya berubah; dibaca ulang',
    LogIncomplete: 'mengirim catatan yang tidak lengkap',
  },

  staleNoServer: (time: string) =>
    `Sambungan ke server terputus sejak ${time}. Angka di layar ini tidak bergerak.`,
  staleReason: {
    loading: 'Data sedang dimuat.',
    store: 'Basis data tidak terjangkau. Angka di layar ini tidak bergerak.',
    collector: 'Pembaca mesin tidak memberi kabar. Angka di layar ini mungkin tertinggal.',
    follower: 'Penghitung kehadiran berhenti. Angka di layar ini tidak bergerak.',
    other: 'Data tidak bergerak. Angka di layar ini mungkin tertinggal.',
  },

  loading: 'Menyambung ke server…',
  unreachable: 'Server presensi tidak dapat dihubungi.',
  unreachableHint: 'Layar ini mencoba lagi dengan sendirinya.',
  empty: 'Belum ada pegawai.',
  emptyHint: 'Masukkan daftar unit, pegawai, PIN, dan mesin dengan perintah ini di server:',
  emptyFile: 'BERKAS.xlsx',
  dayOff: 'Hari libur',
  notStarted: 'Belum ada jadwal yang dimulai',

  panel: {
    close: 'Tutup',
    back: (seconds: string) => `Kembali dalam ${seconds} detik`,
    loading: 'Mengambil nama…',
    namesNotLogged: 'Nama tidak dapat ditampilkan: catatan pembukaan nama sedang tidak dapat disimpan.',
    namesHidden:
      'Nama tidak ditampilkan di layar ini, untuk melindungi data pribadi. Mintalah daftar nama kepada BKD.',
    nobody: 'Belum ada pegawai di unit ini.',
    unnamed: 'Tanpa nama',
    terminals: 'Mesin di unit ini',
  },
  reason: {
    no_terminal: 'Unit ini belum mempunyai mesin.',
    no_pin: 'PIN belum terdaftar.',
    no_pin_before: (since: string) => `PIN baru terdaftar pukul ${since}.`,
    no_roster: 'Jadwal dinas belum dimasukkan.',
    outside_window: 'Hanya ada presensi di luar jam yang dihitung; perlu diperiksa.',
    never_read: (terminal: string) => `Mesin ${terminal} belum pernah terbaca.`,
    dark: (terminal: string, since: string) => `Mesin ${terminal} terputus sejak ${since}.`,
    darkAlways: (terminal: string) => `Mesin ${terminal} terputus.`,
    behindElsewhere: 'Mesin di tempat lain sedang dibaca.',
    behind: (terminal: string, since: string) => `Mesin ${terminal} baru terbaca sampai ${since}.`,
    behindUnknown: (terminal: string) => `Mesin ${terminal} belum terbaca sampai sekarang.`,
    outage_power: (terminal: string) => `Listrik mesin ${terminal} padam; sudah dilaporkan.`,
    outage_network: (terminal: string) => `Jaringan mesin ${terminal} terganggu; sudah dilaporkan.`,
    outage_broken: (terminal: string) => `Mesin ${terminal} rusak; sudah dilaporkan.`,
    outage_log_lost: (terminal: string) => `Catatan mesin ${terminal} terhapus sebelum terbaca.`,
    outage_clock_wrong: (terminal: string) =>
      `Jam mesin ${terminal} sempat salah; waktu presensinya tidak pasti.`,
    outage_no_terminal: 'Unit ini tidak mempunyai mesin yang berfungsi; sudah dilaporkan.',
    other: 'Data mesin belum masuk.',
    someTerminal: 'unit ini',
  },
};

type Widen<T> = T extends (...args: infer A) => string
  ? (...args: A) => string
  : T extends string
    ? string
    : { readonly [K in keyof T]: Widen<T[K]> };

/** Every language has exactly these strings. */
export type Messages = Widen<typeof id>;
