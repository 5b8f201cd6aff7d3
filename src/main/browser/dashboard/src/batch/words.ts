import { both } from '@/words/both';

export default both({ title: '…' }, { title: '…' });
