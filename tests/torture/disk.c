/* A disk that fails: preloaded, it counts, logs and spoils the file operations below one folder.
 *
 * torture_arm(root, log, at, how, error) starts counting in this process:
 *   how 0: nothing fails;  1: operation `at` fails;  2: `at` and all after it that need room or write;
 *   3: as 2, but `at` writes half first;  4: the process is killed before `at`;  5: and after half of it.
 * What is done is written to the descriptor `log` (-1: nowhere) as records that power.py reads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MARK, MAKE, WRITE, CUT, SYNC, RENAME, UNLINK, MAKEDIR };
enum { KEEPS, GROWS, HALVES };
enum { SOUND, ONCE, FROM, HALF_FROM, KILLED, HALF_KILLED };
struct record { int32_t kind, spare; int64_t folder, inode, offset, length, name, other; };

static char root[PATH_MAX];
static int log_fd = -1, how = SOUND, error = EIO, armed = 0;
static long count = 0, at = -1;

static int is_below(const char *path) {
  char full[2 * PATH_MAX];
  if (!armed || !path) return 0;
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) return 0;
    snprintf(full, sizeof full, "%s/%s", here, path);
    path = full;
  }
  return !strncmp(path, root, strlen(root));
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return 1;
}

/* Write the whole path of one that is relative to an open folder; `full` has room for two. */
static void whole(int where, const char *path, char *full) {
  char folder[PATH_MAX];
  if (where != AT_FDCWD && path[0] != '/' && path_of(where, folder))
    snprintf(full, 2 * PATH_MAX, "%s/%s", folder, path);
  else
    snprintf(full, 2 * PATH_MAX, "%s", path);
}

static int is_ours(int fd) {
  char path[PATH_MAX];
  return armed && path_of(fd, path) && is_below(path);
}

static int64_t inode_of(const char *path) {
  struct stat found;
  return lstat(path, &found) ? 0 : (int64_t)found.st_ino;
}

static int64_t inode_at(int fd) {
  struct stat found;
  return fstat(fd, &found) ? 0 : (int64_t)found.st_ino;
}

static void put(const void *data, size_t n) {
  while (n) {
    ssize_t done = syscall(SYS_write, log_fd, data, n);
    if (done <= 0) abort();
    data = (const char *)data + done;
    n -= done;
  }
}

static void tell(int kind, int64_t folder, int64_t inode, int64_t offset, const void *data,
                 int64_t length, const char *name, const char *other) {
  if (log_fd < 0) return;
  struct record line = {kind, 0, folder, inode, offset, length, name ? strlen(name) : 0,
                        other ? strlen(other) : 0};
  put(&line, sizeof line);
  if (name) put(name, line.name);
  if (other) put(other, line.other);
  if (data && length) put(data, length);
}

/* Return 0: do it; 1: fail with errno; 2: do half, then fail; 3: do half, then die.
   Only a write can be done by half. */
static int verdict(int grows) {
  long now = count++;
  if (how == SOUND || now < at) return 0;
  if (how == HALF_KILLED && grows == HALVES) return 3;
  if (how == KILLED || how == HALF_KILLED) syscall(SYS_kill, getpid(), SIGKILL);
  if (how == ONCE ? now == at : (now == at || grows)) {
    errno = error;
    return how == HALF_FROM && now == at && grows == HALVES ? 2 : 1;
  }
  return 0;
}

void torture_arm(const char *folder, int log, long number, int manner, int what) {
  snprintf(root, sizeof root, "%s", folder);
  log_fd = log, at = number, how = manner, error = what, count = 0, armed = 1;
}

long torture_count(void) { return count; }

static void split(const char *path, char *folder, char *name) {
  char one[PATH_MAX], two[PATH_MAX];
  snprintf(one, sizeof one, "%s", path);
  snprintf(two, sizeof two, "%s", path);
  snprintf(folder, PATH_MAX, "%s", dirname(one));
  snprintf(name, PATH_MAX, "%s", basename(two));
}

static int opened(int where, const char *path, int flags, mode_t mode) {
  char full[2 * PATH_MAX];
  whole(where, path, full);
  if (!is_below(full)) return syscall(SYS_openat, where, path, flags, mode);
  int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
  int64_t before = inode_of(full);
  if (verdict((flags & O_CREAT) && !before)) return -1;
  int fd = syscall(SYS_openat, where, path, flags, mode);
  if (fd >= 0 && writes && (!before || flags & O_TRUNC)) {
    char folder[PATH_MAX], name[PATH_MAX];
    split(full, folder, name);
    if (!before) tell(MAKE, inode_of(folder), inode_at(fd), 0, NULL, 0, name, NULL);
    if (flags & O_TRUNC) tell(CUT, 0, inode_at(fd), 0, NULL, 0, NULL, NULL);
  }
  return fd;
}

#define OPEN(symbol) \
  int symbol(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return opened(AT_FDCWD, path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(symbol) \
  int symbol(int where, const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return opened(where, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

static ssize_t put_at(int fd, const void *data, size_t n, off_t offset, int moves) {
  if (armed && fd == 1) {
    ssize_t done = syscall(SYS_write, fd, data, n);
    tell(MARK, 0, 0, 0, data, n, NULL, NULL);
    return done;
  }
  int ours = fd != log_fd && is_ours(fd);
  int ends = ours ? verdict(HALVES) : 0;
  if (ends == 1) return -1;
  size_t now = ends ? n / 2 : n;
  if (moves && ours) offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = moves ? syscall(SYS_write, fd, data, now) : syscall(SYS_pwrite64, fd, data, now, offset);
  if (ours && done > 0) tell(WRITE, 0, inode_at(fd), offset, data, done, NULL, NULL);
  if (ends == 3) syscall(SYS_kill, getpid(), SIGKILL);
  /* A half write is told as such; what comes after it fails. */
  return done;
}
ssize_t write(int fd, const void *data, size_t n) { return put_at(fd, data, n, 0, 1); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t to) { return put_at(fd, data, n, to, 0); }
ssize_t pwrite64(int fd, const void *data, size_t n, off_t to) { return put_at(fd, data, n, to, 0); }

ssize_t read(int fd, void *data, size_t n) {
  if (is_ours(fd) && verdict(KEEPS)) return -1;
  return syscall(SYS_read, fd, data, n);
}
ssize_t pread(int fd, void *data, size_t n, off_t from) {
  if (is_ours(fd) && verdict(KEEPS)) return -1;
  return syscall(SYS_pread64, fd, data, n, from);
}
ssize_t pread64(int fd, void *data, size_t n, off_t from) { return pread(fd, data, n, from); }

static int cut(int fd, off_t length) {
  int ours = is_ours(fd);
  if (ours && verdict(GROWS)) return -1;
  int done = syscall(SYS_ftruncate, fd, length);
  if (ours && !done) tell(CUT, 0, inode_at(fd), length, NULL, 0, NULL, NULL);
  return done;
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off_t length) { return cut(fd, length); }

static int made_durable(int fd, long call) {
  int ours = is_ours(fd);
  if (ours && verdict(KEEPS)) return -1;
  int done = syscall(call, fd);
  if (ours && !done) tell(SYNC, 0, inode_at(fd), 0, NULL, 0, NULL, NULL);
  return done;
}
int fsync(int fd) { return made_durable(fd, SYS_fsync); }
int fdatasync(int fd) { return made_durable(fd, SYS_fdatasync); }

int rename(const char *from, const char *to) {
  if (!is_below(from)) return syscall(SYS_rename, from, to);
  if (verdict(GROWS)) return -1;
  char folder[PATH_MAX], name[PATH_MAX], there[PATH_MAX], other[PATH_MAX];
  split(from, folder, name);
  split(to, there, other);
  int64_t inode = inode_of(from);
  int done = syscall(SYS_rename, from, to);
  if (!done) tell(RENAME, inode_of(folder), inode, inode_of(there), NULL, 0, name, other);
  return done;
}

static int removed(int where, const char *path, int flags) {
  char full[2 * PATH_MAX], folder[PATH_MAX], name[PATH_MAX];
  whole(where, path, full);
  int ours = is_below(full);
  if (ours && verdict(KEEPS)) return -1;
  split(full, folder, name);
  int64_t inode = ours ? inode_of(full) : 0;
  int done = syscall(SYS_unlinkat, where, path, flags);
  if (ours && !done) tell(UNLINK, inode_of(folder), inode, 0, NULL, 0, name, NULL);
  return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int where, const char *path, int flags) { return removed(where, path, flags); }

int mkdir(const char *path, mode_t mode) {
  int ours = is_below(path);
  if (ours && verdict(GROWS)) return -1;
  int done = syscall(SYS_mkdir, path, mode);
  if (ours && !done) {
    char folder[PATH_MAX], name[PATH_MAX];
    split(path, folder, name);
    tell(MAKEDIR, inode_of(folder), inode_of(path), 0, NULL, 0, name, NULL);
  }
  return done;
}
