/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock of a container, which is flock() on its directory: writers make, open, lock, look again, load, replace, unlock;
 * removers empty the directory and remove it by its name; each may be killed between any two steps, which unlocks. Spin
 * tries every order of these steps. With BLIND nobody looks again at what the name means once the lock is held.
 */
#define WRITERS  3
#define REMOVERS 2
#define MOST     (REMOVERS + 2) /* directories that can come to be; 0 stands for none */

byte named;         /* the directory that ROOT/ID means */
byte made;          /* so far */
bool locked[MOST];
byte value[MOST];   /* a record counts its changes */
byte begun;         /* changes that may have been written */
byte acknowledged;  /* changes that a writer has said are there */
byte removed;       /* changes that went with their record */
byte running = WRITERS + REMOVERS;

#ifdef BLIND
#define GONE(fd) false
#else
#define GONE(fd) (named != fd)
#endif

/* goes to `without` if there is nothing of that name, or it is another's by the time that it is locked */
#define OPEN_AND_LOCK(fd, without) \
	fd = named; \
	if \
	:: fd == 0 -> goto without \
	:: else \
	fi; \
	atomic { !locked[fd] -> locked[fd] = true }; \
	if \
	:: GONE(fd) -> locked[fd] = false; goto without \
	:: else \
	fi

#define PERHAPS_DIE(fd) \
	if \
	:: true \
	:: locked[fd] = false; goto dead \
	fi

proctype writer()
{
	byte fd;
	byte loaded;

make:
	atomic {
		if
		:: named == 0 && made < MOST - 1 -> made++; named = made
		:: else
		fi
	}
	OPEN_AND_LOCK(fd, make);
	loaded = value[fd];
	PERHAPS_DIE(fd);
	/* a directory without a name takes no file, and nobody would find it */
	assert(named == fd);
	atomic { value[fd] = loaded + 1; begun++ }
	PERHAPS_DIE(fd);
	acknowledged++;
	locked[fd] = false;
dead:
	running--
}

proctype remover()
{
	byte fd;

	OPEN_AND_LOCK(fd, dead);
	PERHAPS_DIE(fd);
	atomic { removed = removed + value[fd]; value[fd] = 0 }
	PERHAPS_DIE(fd);
	/* by its name; another one's would go if that has come in between, and is empty */
	assert(named == fd);
	named = 0;
	locked[fd] = false;
dead:
	running--
}

init {
	byte i;

	atomic {
		for (i : 1 .. WRITERS) { run writer() }
		for (i : 1 .. REMOVERS) { run remover() }
	}
	running == 0;
	assert(value[named] + removed >= acknowledged);
	assert(value[named] + removed == begun)
}
