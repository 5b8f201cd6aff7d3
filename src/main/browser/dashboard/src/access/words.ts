import { both } from '@/words/both';

export default both(
  {
    signIn: 'Sign in',
    welcome: 'Sign in to Kurir',
    name: 'Email or user name',
    password: 'Password',
    ended: 'Your session has ended. Sign in to go on where you were.',
    wrong: 'Email, user name or password is wrong.',
  },
  {
    signIn: 'Masuk',
    welcome: 'Masuk ke Kurir',
    name: 'Email atau nama pengguna',
    password: 'Kata sandi',
    ended: 'Sesi Anda telah berakhir. Masuk untuk melanjutkan.',
    wrong: 'Email, nama pengguna, atau kata sandi salah.',
  },
);
