import { computed, ref } from 'vue';
import { defineStore } from 'pinia';
import { answer, http } from '@/http/client';
import { Refusal } from '@/http/refusal';
import { bearer, onTokens, renew, took, type User } from './token';

/** Who sits before the page. */
export const useAccess = defineStore('access', () => {
  const user = ref<User>();
  /** The login ended while the page was in use. */
  const ended = ref(false);
  const isAdmin = computed(() => user.value?.role === 'admin');

  onTokens((tokens) => {
    ended.value = tokens === undefined && user.value !== undefined;
    user.value = tokens?.user;
  });

  /** Takes up the login of an earlier visit, if there is one. */
  async function resume(): Promise<void> {
    await renew();
  }

  async function signIn(name: string, password: string): Promise<void> {
    took((await answer(http.POST('/api/auth/login', { body: name.includes('@') ? { email: name, password } : { username: name, password } }))).data);
  }

  async function signOut(): Promise<void> {
    try {
      await answer(http.POST('/api/auth/logout'));
    } catch (cause) {
      if (Refusal.from(cause).status !== 401) {
        throw cause; // the cookie is good still: whoever reloads the page would be signed in
      }
    }
    user.value = undefined;
    took(undefined);
  }

  function changed(to: User): void {
    user.value = to;
  }

  return { user, ended, isAdmin, bearer, resume, signIn, signOut, changed };
});
