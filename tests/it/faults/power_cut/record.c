/* Records what a process does to the files below one folder, in one total order, for the power-cut simulation.
 *
 * Loaded before the C library (LD_PRELOAD). Variables name its places, as absolute paths:
 *   ABIDE_RECORD_FOLDER   the folder that is watched
 *   ABIDE_RECORD_SAYINGS  a file whose writes are taken down as sayings of the process, among all the rest;
 *                         the saying "dies" ends the process then and there, as a kill would
 *   ABIDE_RECORD_TRACE    where the trace goes: a header (struct head) and its payload, again and
 *                         again; a later process goes on where an earlier one ended
 * A fourth one, ABIDE_RECORD_SYNC_TIME, is how many microseconds a sync takes at most, on top of what it takes.
 *
 * Everything but a sync happens under one mutex together with its entry, so the order in the trace is the order of
 * things. A sync has an entry before it begins and one after it returned, and runs outside the mutex.
 * A call that would change a file in a way the simulation does not know is entered as such, and the test refuses it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    OPENED = 'O', MADE = 'C', MADE_FOLDER = 'D', WROTE = 'W', RESIZED = 'T', RENAMED = 'R', REMOVED = 'U',
    SYNC_BEGINS = 'B', SYNC_ENDS = 'E', SYNC_FAILED = 'F', RANGE_ONLY = 'P', SAID = 'S', UNKNOWN = 'X',
};

struct head {
    uint64_t kind, file, at, length;
};

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t ready = PTHREAD_ONCE_INIT;
static char folder[PATH_MAX], sayings[PATH_MAX];
static size_t folder_length;
static int trace = -1;
static uint64_t syncs, said_file, sync_time;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

/* ---- the trace ---- */

static const char *must(const char *name) {
    const char *value = getenv(name);
    if (value == NULL || value[0] != '/' || strlen(value) >= PATH_MAX) abort();
    return value;
}

static void prepare(void) {
    strcpy(folder, must("ABIDE_RECORD_FOLDER"));
    folder_length = strlen(folder);
    strcpy(sayings, must("ABIDE_RECORD_SAYINGS"));
    const char *time = getenv("ABIDE_RECORD_SYNC_TIME");
    sync_time = time == NULL ? 0 : strtoull(time, NULL, 10);
    trace = REAL(openat)(AT_FDCWD, must("ABIDE_RECORD_TRACE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (trace < 0) abort();
}

static void put(const void *bytes, size_t length) {
    static ssize_t (*out)(int, const void *, size_t);
    if (out == NULL) out = REAL(write);
    while (length > 0) {
        ssize_t n = out(trace, bytes, length);
        if (n < 0 && errno != EINTR) abort();
        if (n > 0) {
            bytes = (const char *)bytes + n;
            length -= (size_t)n;
        }
    }
}

/* With the mutex held. An entry that cannot be written ends the process: a trace with a hole proves nothing. */
static void enter(enum kind kind, uint64_t file, uint64_t at, const void *payload, size_t length) {
    int before = errno;
    struct head head = { kind, file, at, length };
    put(&head, sizeof head);
    put(payload, length);
    errno = before;
}

/* ---- which files are watched ---- */

#define SLOTS 65536
static struct { uint64_t device, file; } watched[SLOTS];

/* The slot of a file, or a free one. A file stays watched; its number may come back as another file's. */
static size_t slot(const struct stat *about) {
    size_t at = (about->st_ino * 2654435761u) % SLOTS;
    for (size_t tried = 0; tried < SLOTS; tried++, at = (at + 1) % SLOTS) {
        if (watched[at].file == 0) return at;
        if (watched[at].file == about->st_ino && watched[at].device == about->st_dev) return at;
    }
    abort();
}

static void watch(const struct stat *about) {
    size_t at = slot(about);
    watched[at].device = about->st_dev;
    watched[at].file = about->st_ino;
}

static uint64_t is_watched(const struct stat *about) {
    return watched[slot(about)].file;
}

/* The number of a watched file behind a descriptor, or 0. With the mutex held. */
static uint64_t behind(int fd) {
    struct stat about;
    int before = errno;
    uint64_t file = 0;
    if (fd != trace && fstat(fd, &about) == 0) file = is_watched(&about);
    errno = before;
    return file;
}

/* Where a path lies within the folder: "" for the folder itself, NULL for anywhere else. */
static const char *within(int at, const char *path, char *whole) {
    pthread_once(&ready, prepare);
    int before = errno;
    whole[0] = 0;
    if (path == NULL) return NULL;
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
    } else {
        char link[64], base[PATH_MAX];
        if (at == AT_FDCWD) {
            if (getcwd(base, sizeof base) == NULL) abort();
        } else {
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
            ssize_t n = readlink(link, base, sizeof base - 1);
            if (n < 0) { errno = before; return NULL; }
            base[n] = 0;
        }
        if (strlen(base) + strlen(path) + 2 > PATH_MAX) abort();
        strcpy(whole, base);
        strcat(strcat(whole, "/"), path);
    }
    errno = before;
    size_t length = strlen(whole);
    while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
    if (strncmp(whole, folder, folder_length) != 0) return NULL;
    if (whole[folder_length] == 0) return whole + folder_length;
    return whole[folder_length] == '/' ? whole + folder_length + 1 : NULL;
}

static void lock(void) {
    pthread_once(&ready, prepare);
    pthread_mutex_lock(&order);
}

static void unlock(void) {
    pthread_mutex_unlock(&order);
}

static void unknown(const char *call) {
    enter(UNKNOWN, 0, 0, call, strlen(call));
}

/* ---- opening ---- */

static int open_at(int at, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    struct stat about;
    const char *inside = within(at, path, whole);
    int saying = inside == NULL && strcmp(whole, sayings) == 0;
    if (inside == NULL && !saying) return REAL(openat)(at, path, flags, mode);
    lock();
    int there = faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    int fd = REAL(openat)(at, path, flags, mode);
    if (fd >= 0 && fstat(fd, &about) == 0) {
        watch(&about);
        if (saying) {
            said_file = about.st_ino;
        } else {
            enter(there ? OPENED : MADE, about.st_ino, 0, inside, strlen(inside));
            if (there && (flags & O_TRUNC)) enter(RESIZED, about.st_ino, 0, NULL, 0);
            if ((flags & O_TMPFILE) == O_TMPFILE) unknown("open O_TMPFILE");
        }
    }
    unlock();
    return fd;
}

#define WITH_MODE(flags, mode)                                        \
    mode_t mode = 0;                                                  \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                            \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        mode = va_arg(rest, mode_t);                                  \
        va_end(rest);                                                 \
    }

int open(const char *path, int flags, ...) { WITH_MODE(flags, mode) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) {
    WITH_MODE(flags, mode)
    return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int at, const char *path, int flags, ...) { WITH_MODE(flags, mode) return open_at(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) {
    WITH_MODE(flags, mode)
    return open_at(at, path, flags | O_LARGEFILE, mode);
}
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* ---- writing ---- */

static void wrote(uint64_t file, uint64_t at, const struct iovec *parts, int count, size_t length) {
    int before = errno;
    struct head head = { file == said_file ? SAID : WROTE, file, at, length };
    put(&head, sizeof head);
    for (int i = 0; i < count && length > 0; i++) {
        size_t some = parts[i].iov_len < length ? parts[i].iov_len : length;
        put(parts[i].iov_base, some);
        length -= some;
    }
    /* With the mutex held, so that no other thread leaves half an entry. */
    if (head.kind == SAID && parts[0].iov_len == 5 && memcmp(parts[0].iov_base, "dies\n", 5) == 0) _exit(0);
    errno = before;
}

/* `call` writes at the descriptor's own place, so where that was is known afterwards, whether or not it appends. */
#define AT_ITS_PLACE(call, fd, parts, count)                          \
    lock();                                                           \
    uint64_t file = behind(fd);                                       \
    if (file == 0) {                                                  \
        unlock();                                                     \
        return call;                                                  \
    }                                                                 \
    ssize_t n = call;                                                 \
    if (n > 0) wrote(file, (uint64_t)(lseek(fd, 0, SEEK_CUR) - n), parts, count, (size_t)n); \
    unlock();                                                         \
    return n;

#define AT_OFFSET(call, fd, offset, parts, count)                     \
    lock();                                                           \
    uint64_t file = behind(fd);                                       \
    if (file == 0) {                                                  \
        unlock();                                                     \
        return call;                                                  \
    }                                                                 \
    if (fcntl(fd, F_GETFL) & O_APPEND) unknown("pwrite with O_APPEND"); \
    ssize_t n = call;                                                 \
    if (n > 0) wrote(file, (uint64_t)offset, parts, count, (size_t)n); \
    unlock();                                                         \
    return n;

ssize_t write(int fd, const void *bytes, size_t length) {
    struct iovec one = { (void *)bytes, length };
    AT_ITS_PLACE(REAL(write)(fd, bytes, length), fd, &one, 1)
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    AT_ITS_PLACE(REAL(writev)(fd, parts, count), fd, parts, count)
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
    struct iovec one = { (void *)bytes, length };
    AT_OFFSET(REAL(pwrite)(fd, bytes, length, at), fd, at, &one, 1)
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    struct iovec one = { (void *)bytes, length };
    AT_OFFSET(REAL(pwrite64)(fd, bytes, length, at), fd, at, &one, 1)
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    AT_OFFSET(REAL(pwritev)(fd, parts, count, at), fd, at, parts, count)
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
    AT_OFFSET(REAL(pwritev64)(fd, parts, count, at), fd, at, parts, count)
}

/* ---- lengths ---- */

/* Enters the length a file has now, if it has another than before. */
#define CHANGING_LENGTH(call, fd, worked)                             \
    lock();                                                           \
    struct stat was, now;                                             \
    uint64_t file = behind(fd);                                       \
    int known = file != 0 && fstat(fd, &was) == 0;                    \
    __typeof__(call) result = call;                                   \
    if (known && (worked) && fstat(fd, &now) == 0 && was.st_size != now.st_size) \
        enter(RESIZED, file, (uint64_t)now.st_size, NULL, 0);         \
    unlock();                                                         \
    return result;

int ftruncate(int fd, off_t length) { CHANGING_LENGTH(REAL(ftruncate)(fd, length), fd, result == 0) }
int ftruncate64(int fd, off64_t length) { CHANGING_LENGTH(REAL(ftruncate64)(fd, length), fd, result == 0) }
int posix_fallocate(int fd, off_t at, off_t length) {
    CHANGING_LENGTH(REAL(posix_fallocate)(fd, at, length), fd, result == 0)
}
int posix_fallocate64(int fd, off64_t at, off64_t length) {
    CHANGING_LENGTH(REAL(posix_fallocate64)(fd, at, length), fd, result == 0)
}

static void only_allocates(int fd, int mode) {
    lock();
    if ((mode & ~FALLOC_FL_KEEP_SIZE) != 0 && behind(fd) != 0) unknown("fallocate");
    unlock();
}
int fallocate(int fd, int mode, off_t at, off_t length) {
    only_allocates(fd, mode);
    CHANGING_LENGTH(REAL(fallocate)(fd, mode, at, length), fd, result == 0)
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) {
    only_allocates(fd, mode);
    CHANGING_LENGTH(REAL(fallocate64)(fd, mode, at, length), fd, result == 0)
}

/* ---- names ---- */

static int rename_at(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    char whole_from[PATH_MAX], whole_to[PATH_MAX], both[2 * PATH_MAX];
    const char *old = within(from_at, from, whole_from), *new = within(to_at, to, whole_to);
    lock();
    int result = REAL(renameat2)(from_at, from, to_at, to, flags);
    if (result == 0 && (old != NULL || new != NULL)) {
        if (old == NULL || new == NULL || (flags & ~RENAME_NOREPLACE) != 0) {
            unknown("rename across the folder's border");
        } else {
            size_t first = strlen(old) + 1;
            memcpy(both, old, first);
            memcpy(both + first, new, strlen(new));
            enter(RENAMED, 0, 0, both, first + strlen(new));
        }
    }
    unlock();
    return result;
}
int rename(const char *from, const char *to) { return rename_at(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_at, const char *from, int to_at, const char *to) {
    return rename_at(from_at, from, to_at, to, 0);
}
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    return rename_at(from_at, from, to_at, to, flags);
}

static int remove_at(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    const char *inside = within(at, path, whole);
    if (inside == NULL) return REAL(unlinkat)(at, path, flags);
    lock();
    int result = REAL(unlinkat)(at, path, flags);
    if (result == 0) enter(REMOVED, 0, 0, inside, strlen(inside));
    unlock();
    return result;
}
int unlink(const char *path) { return remove_at(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return remove_at(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int at, const char *path, int flags) { return remove_at(at, path, flags); }

int mkdirat(int at, const char *path, mode_t mode) {
    char whole[PATH_MAX];
    struct stat about;
    const char *inside = within(at, path, whole);
    if (inside == NULL) return REAL(mkdirat)(at, path, mode);
    lock();
    int result = REAL(mkdirat)(at, path, mode);
    if (result == 0 && fstatat(at, path, &about, 0) == 0) {
        watch(&about);
        enter(MADE_FOLDER, about.st_ino, 0, inside, strlen(inside));
    }
    unlock();
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* ---- syncs ---- */

static uint64_t sync_begins(uint64_t file) {
    uint64_t number = 0;
    if (file != 0) {
        number = ++syncs;
        enter(SYNC_BEGINS, file, number, NULL, 0);
    }
    return number;
}

/* A drive that takes its time lets more happen while it works, whatever the machine. */
static void take_time(uint64_t number) {
    if (sync_time > 0) usleep((useconds_t)((number * 2654435761u) % sync_time));
}

#define SYNCING(call, fd)                                             \
    lock();                                                           \
    uint64_t file = behind(fd), number = sync_begins(file);           \
    unlock();                                                         \
    if (number != 0) take_time(number);                               \
    int result = call;                                                \
    if (number != 0) {                                                \
        lock();                                                       \
        enter(result == 0 ? SYNC_ENDS : SYNC_FAILED, file, number, NULL, 0); \
        unlock();                                                     \
    }                                                                 \
    return result;

int fsync(int fd) { SYNCING(REAL(fsync)(fd), fd) }
int fdatasync(int fd) { SYNCING(REAL(fdatasync)(fd), fd) }

/* Starts writing out and may wait for it, but empties no cache of the drive: nothing is durable by it. */
int sync_file_range(int fd, off64_t at, off64_t length, unsigned flags) {
    lock();
    uint64_t file = behind(fd);
    if (file != 0) enter(RANGE_ONLY, file, (uint64_t)at, NULL, 0);
    unlock();
    return REAL(sync_file_range)(fd, at, length, flags);
}

/* ---- what the simulation does not know ---- */

#define REFUSE(fd, call)                                              \
    do {                                                              \
        lock();                                                       \
        if (behind(fd) != 0) unknown(call);                           \
        unlock();                                                     \
    } while (0)

#define REFUSE_PATH(at, path, call)                                   \
    do {                                                              \
        char whole[PATH_MAX];                                         \
        if (within(at, path, whole) != NULL) {                        \
            lock();                                                   \
            unknown(call);                                            \
            unlock();                                                 \
        }                                                             \
    } while (0)

void *mmap(void *where, size_t length, int protection, int flags, int fd, off_t at) {
    if (fd >= 0 && (protection & PROT_WRITE) && (flags & MAP_SHARED)) REFUSE(fd, "mmap");
    return REAL(mmap)(where, length, protection, flags, fd, at);
}
void *mmap64(void *where, size_t length, int protection, int flags, int fd, off64_t at) {
    if (fd >= 0 && (protection & PROT_WRITE) && (flags & MAP_SHARED)) REFUSE(fd, "mmap");
    return REAL(mmap64)(where, length, protection, flags, fd, at);
}
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) {
    REFUSE(to, "copy_file_range");
    return REAL(copy_file_range)(from, from_at, to, to_at, length, flags);
}
ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t at, int flags) {
    REFUSE(fd, "pwritev2");
    return REAL(pwritev2)(fd, parts, count, at, flags);
}
int syncfs(int fd) {
    REFUSE(fd, "syncfs");
    return REAL(syncfs)(fd);
}
int truncate(const char *path, off_t length) {
    REFUSE_PATH(AT_FDCWD, path, "truncate");
    return REAL(truncate)(path, length);
}
int truncate64(const char *path, off64_t length) {
    REFUSE_PATH(AT_FDCWD, path, "truncate64");
    return REAL(truncate64)(path, length);
}
int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
    REFUSE_PATH(to_at, to, "linkat");
    return REAL(linkat)(from_at, from, to_at, to, flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlinkat(const char *to, int at, const char *path) {
    REFUSE_PATH(at, path, "symlinkat");
    return REAL(symlinkat)(to, at, path);
}
int symlink(const char *to, const char *path) { return symlinkat(to, AT_FDCWD, path); }
