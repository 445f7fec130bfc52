# 简体中文。称呼用“您”；中文与西文、数字之间留一个空格；标点用全角。测试会将此处的键与 en.ftl 逐一比较。

## 通用

product = Abide
foot = 您的密码只留在 Abide，应用永远看不到。
skip = 跳到正文
title-error = 错误：
optional = 选填
none = 无
cancel = 取消
never = 永不
created = 创建时间
action = 操作
search = 搜索
copy = 复制
copied = 已复制
next-page = 下一页
to-account = 前往您的账号
to-console = 控制台
app-home = 关于 { $app }
app-policy = 隐私政策
app-terms = 使用条款

## 字段

field-username = 用户名
field-password = 密码
field-password-hint = 至少 { $count } 个字符。用几个互不相关的词组成，就是好密码。
field-remember = 保持登录状态
field-remember-hint = 仅限您独自使用的设备。
field-name = 姓名
field-email = 电子邮件地址
password-show = 显示
password-hide = 隐藏
password-show-label = 显示密码
password-hide-label = 隐藏密码

## 登录

sign-in = 登录
sign-in-heading = 登录
sign-in-heading-again = 请确认是您本人
sign-in-heading-console = 登录控制台
sign-in-to-continue = 以继续使用 { $app }
sign-in-again = 请再次输入密码以继续。
sign-in-again-for = { $app } 要求您再次输入密码。
sign-in-console = 仅供此 Abide 的管理员使用。

second-factor-heading = 还差一步
second-factor-explanation = 请打开身份验证器应用，输入其中为 { $person } 显示的验证码。
field-code = 验证码
field-code-hint = 六位数字，每半分钟更换一次。
field-code-recovery = 如果应用不在手边，请输入一个恢复码。
confirm-code = 继续

## 选择账号

select-heading = 选择账号
select-to-continue = 以继续使用 { $app }
select-another = 使用其他账号

## 授权

consent-title = 允许 { $app } 访问？
consent-heading = { $app } 请求访问
consent-person = 您当前以 { $person } 的身份登录。
consent-asks = 如果您同意，{ $app } 将获得：
consent-offline = 您离开时仍可访问
consent-offline-detail = 您退出登录后它仍保持连接，直到您撤销授权。
consent-destination = 您将被转到
consent-allow = 允许
consent-deny = 不允许
consent-withdraw = 您可以随时在账号页面上撤销授权。

## 退出登录

sign-out = 退出登录
sign-out-heading = 要退出登录吗？
sign-out-asked = 这是 { $app } 发起的请求。
sign-out-person = 您当前以 { $person } 的身份登录。
sign-out-apps = 使用此次登录的应用
sign-out-destination = 之后将前往 { $host }。
sign-out-stay = 保持登录
sign-out-scope = 退出范围
sign-out-browser = 此浏览器中的所有应用
sign-out-app = 仅 { $app }
sign-out-everywhere = 所有设备，全部退出
signed-out-heading = 您已退出登录
signed-out = 您在此浏览器中的会话已结束。
signed-out-app-heading = 您已退出该应用
signed-out-app = 您在此浏览器中的会话仍在继续，其他应用也不受影响。
signed-out-apps = 曾使用此会话的应用
signed-out-apps-hint = 它们无法再续期访问权限。如果是共用设备，请同时关闭浏览器。
signed-out-continue = 继续
told-underway = 正在通知
told-told = 已知晓
told-not-reached = 无法连接，我们会继续尝试
told-asked = 已请求其让您退出
told-no-address = 下次请求时会得知
signed-out-again = 重新登录
signed-out-idle = 由于您有一段时间没有活动，系统已让您退出登录。
signed-out-absolute = 由于登录时限已到，需要重新登录，系统已让您退出。
signed-out-revoked = 此次登录已在别处被终止。
signed-out-credential-changed = 由于您的密码已更改，系统已让您退出登录。
stayed-heading = 您仍处于登录状态
stayed = 没有任何变化。您可以关闭此页面。

## 会话结束之前

warning-countdown = 您将在 { $time } 后退出登录。
warning-idle-heading = 您还在吗？
warning-idle = 您有一段时间没有活动了。保持登录不会丢失任何内容。
warning-absolute-heading = 您的登录即将到期
warning-absolute = 要保持登录状态，需要重新登录一次。之后您会回到当前位置。
warning-console-countdown = 控制台将在 { $time } 后关闭。
warning-console-absolute-heading = 控制台即将关闭
warning-console-absolute = 要继续操作，需要重新登录一次。之后您会回到当前位置。
console-over-heading = 控制台已关闭
console-over = 请重新登录以继续。
console-over-idle = 您在控制台中有一段时间没有活动了。在其他地方，您仍处于登录状态。
console-over-absolute = 登录时限已到，需要重新登录。在其他地方，您仍处于登录状态。
console-over-revoked = 您已不再是管理员。

## 无法继续

error-reference = 参考编号
error-developer = 供应用开发者参考

## 首位管理员

setup-heading = 创建首位管理员
setup-explanation = 此账号用于管理用户、应用和会话。您使用的链接仅一次有效。
setup-create = 创建管理员
setup-gone-heading = 此设置链接已失效
setup-gone = 链接已被使用、已超过一小时、已有更新的链接，或者已经有管理员。
setup-gone-new = 要获取新链接，请在服务器上运行：
setup-gone-console = 前往控制台

## 个人页面

account-title = 您的账号
account-sessions = 您的登录位置
account-sessions-detail = 如有您不认识的登录，请将其退出。
account-this-browser = 此浏览器
account-end-others = 退出其他所有登录
account-consents = 有访问权限的应用
account-consents-detail = 您允许获取您部分信息的应用。
account-consents-none = 您尚未授权任何应用。
session-address = 地址
session-started = 登录时间
session-last-active = 最近活动
session-ends = 结束时间
session-apps = 会话中的应用：{ $device }
session-end-label = 退出登录：{ $device }
session-continued = 超时后恢复
limit-idle = 如果没有活动
limit-absolute = 无论是否有活动
app-joined = 加入时间
app-ends = 截至
app-no-end = 没有单独的时限
app-grants = 转交的登录
app-grants-count = { $count }
app-renewals = 续期访问
app-renewals-count = { $count } 次
app-renewed = 最近一次
app-leave = 退出 { $app }
consent-scopes = { $app } 可获取的内容
consent-given = 授权时间
consent-withdraw-button = 撤销
consent-withdraw-label = 撤销访问权限：{ $app }

## 控制台

console = 控制台
console-users = 用户
console-clients = 应用
console-sessions = 会话
console-audit = 审计

user-add = 添加用户
user-password = 初始密码
user-admin = 管理员
user-admin-hint = 可以使用此控制台。
user-search = 按用户名查找
user-person = 用户
user-roles = 角色
user-state = 状态
user-active = 正常
user-disabled = 已停用
user-disable = 停用
user-disable-label = 停用 { $user }
user-enable = 启用
user-enable-label = 启用 { $user }
user-none = 没有该名称的用户。

client-app = 应用
client-add = 添加应用
client-name = 名称
client-name-hint = 用户登录时看到的名称。
client-kind = 类型
client-kind-confidential = 有服务器的 Web 应用（可保管密钥）
client-kind-web = 浏览器应用（无密钥）
client-kind-native = 已安装的应用（无密钥）
client-kind-hint = 只有自带服务器的应用才能保管密钥。
client-redirect-uris = 重定向 URI
client-redirect-uris-hint = 每行一个，逐字符比较。
client-post-logout-redirect-uris = 退出登录后的重定向 URI
client-post-logout-redirect-uris-hint = 每行一个。
client-idle-timeout = 空闲时限
client-max-lifetime = 最长登录时间
client-limits-hint = 例如 15m、12h 或 30d。留空：不单独设限，沿用会话的时限。
client-scope = 权限范围（scope）
client-scope-hint = 以空格分隔。留空：全部标准权限范围。
client-consent = 授权确认
client-skip-consent = 不征求用户同意
client-skip-consent-hint = 仅限您自己组织的应用。
client-none = 还没有应用。请在上方添加第一个。
client-created = 应用已注册
client-id = 客户端 ID
client-id-copy = 复制客户端 ID
client-secret = 客户端密钥
client-secret-copy = 复制客户端密钥
client-secret-once = 请立即复制密钥。系统只保存其摘要，无法再次显示。
client-secret-none = 此应用没有密钥，它使用 PKCE 证明身份。

session-search = 按用户名查找
session-standing = 状态
session-device = 设备
session-end = 终止
session-end-of-label = 终止 { $user } 的会话（{ $device }）
session-none = 未找到会话。

audit-explanation = 发生过的事件，最新的在前。
audit-at = 时间
audit-act = 事件
audit-actor = 操作者
audit-outcome = 结果
audit-reason = 原因
audit-none = 还没有任何事件。

## 审计事件
act-sign-in = 尝试登录
act-session-started = 会话开始
act-reauthenticated = 再次登录
act-session-ended = 会话结束
act-session-timed-out = 会话超时
act-session-reconstituted = 会话恢复
act-application-joined = 应用加入会话
act-grant-issued = 授予权限
act-grant-revoked = 收回权限
act-consent-given = 同意授权
act-consent-withdrawn = 撤销授权
act-account-created = 创建账号
act-account-changed = 更改账号
act-account-disabled = 停用账号
act-account-enabled = 启用账号
act-password-changed = 设置密码
act-stepped-up = 验证第二因素
act-factor-added = 设置第二因素
act-factor-removed = 移除第二因素
act-recovery-codes-made = 生成恢复码
act-recovery-code-used = 使用恢复码
act-client-created = 添加应用
act-client-changed = 更改应用
act-setup-link-made = 生成设置链接
act-setup-done = 完成设置
outcome-done = 完成
outcome-refused = 已拒绝

## 登录与安全
security-title = 登录与安全
authenticator-heading = 两步登录
authenticator-detail = 除密码外，还需要手机应用中的验证码。这样，仅凭被盗的密码将毫无用处。
authenticator-none = 尚未设置。任何身份验证器应用均可使用。
authenticator-set-up = 设置
authenticator-replace = 换到其他设备
authenticator-name = 身份验证器应用
authenticator-remove = 移除
authenticator-remove-label = 移除身份验证器应用
factor-since = 设置时间
factor-used = 最近使用
recovery-codes = 恢复码
recovery-codes-left = { $count ->
    [0] 已用完。请在需要之前生成新的恢复码。
    [1] 仅剩一个。请在需要之前生成新的恢复码。
   *[other] 还剩 { $count } 个
}
recovery-codes-new = 生成新的恢复码
recovery-codes-explanation = 如果手机丢失，可以用其中一个恢复码代替。每个恢复码只能使用一次。
recovery-codes-once = 恢复码仅显示这一次。请打印出来，或保存在您存放密码的地方。之前的恢复码均已作废。
recovery-codes-copy = 复制恢复码
recovery-codes-print = 打印
recovery-codes-kept = 我已妥善保存
authenticator-title = 设置两步登录
authenticator-scan = 请用身份验证器应用扫描此二维码。
authenticator-picture = 用于身份验证器应用的二维码
authenticator-type = 无法扫描
authenticator-copy = 复制密钥
authenticator-first-code = 请输入应用显示的验证码
authenticator-first-code-hint = 六位数字。输入正确之前，不会有任何更改。
authenticator-confirm = 开启
password-heading = 密码
password-since = 设置时间
password-current = 当前密码
password-new = 新密码
password-others = 退出其他所有登录
password-others-hint = 同时终止应用在您离开时的权限。在此浏览器中，您仍保持登录。
password-change = 更改密码
notice-password-changed = 您的密码已更改。
notice-authenticator-added = 两步登录已开启。
notice-authenticator-removed = 两步登录已关闭。

## 设备
device = { $system } 上的 { $browser }
device-unknown = 未知设备

## 表单提示
alert-credentials = 用户名或密码不正确。请检查后重试。
alert-code = 验证码不正确，或已被使用过。请等待下一个验证码后重试。
alert-first-code = 验证码不正确。您设备的时间准确吗？请输入应用现在显示的验证码。
alert-password-current = 当前密码不正确。
alert-throttled = 尝试次数过多。请稍候再试。
alert-another-tab = 此浏览器在此期间打开了另一个页面。请在这里重新登录一次。
alert-busy = 当前登录人数较多。请几秒钟后重试。
alert-username-taken = 此用户名已被使用。
alert-username-form = 用户名须为一行 1 至 128 个字符，前后不能有空格。
alert-password-short = 密码至少需要 { $count } 个字符。
alert-password-long = 密码最多 256 个字符。
alert-password-common = 此密码太容易被猜到。请另选一个。
alert-email = 这不是有效的电子邮件地址。
alert-name = 姓名须为一行，最多 1,000 个字符。
alert-user-unchanged = 未作任何更改。您不能停用自己的账号。

## 通知
notice-session-ended = 会话已终止。
notice-app-left = 您已退出该应用。
notice-others-ended = 您已退出其他所有登录。
notice-consent-withdrawn = 该应用已无法再访问。
notice-user-added = 该用户现在可以登录了。
notice-user-reset = 两步登录已重置，该用户已在所有地方退出登录。
alert-user-no-factor = 未作任何更改。此账号没有第二因素。
user-two-step = 两步登录
user-reset = 重置两步登录
user-reset-label = 重置两步登录：{ $user }
notice-user-disabled = 账号已停用，并已在所有地方退出登录。
notice-user-enabled = 该用户可以重新登录了。
notice-session-ended-of = 会话已终止。

## 权限范围
scope-openid = 您的身份
scope-openid-detail = 一个固定的标识符，用于再次认出您。
scope-profile = 您的个人资料
scope-profile-detail = 姓名、头像、语言等信息。
scope-email = 您的电子邮件地址
scope-email-detail = 以及该地址是否已验证。
scope-address = 您的邮寄地址
scope-phone = 您的电话号码
scope-phone-detail = 以及该号码是否已验证。

## 控制台用语
kind-confidential = 机密型
kind-web = 浏览器应用
kind-native = 已安装的应用
consent-asked = 征求同意
consent-skipped = 无需同意
standing-live = 活跃
standing-warn = 即将结束
standing-dormant = 已超时
standing-expired = 已过期
standing-ended = 已结束

## 错误页面
error-bad-request = 此登录链接无效
error-bad-request-detail = 将您转到此处的应用发出的请求有误。请返回该应用后重试。
error-unknown-client = 我们不认识此应用
error-unknown-client-detail = 将您转到此处的应用未在此 Abide 上注册。
error-redirect-uri = 我们无法将您转回此应用
error-redirect-uri-detail = 它要将您转往的地址不在其注册地址之列，因此未向该地址发送任何内容。
error-form = 此表单已失效
error-form-detail = 表单打开时间过长，或并非来自我们自己的页面。请返回并刷新页面，然后重试。
error-gone = 此页面已过期
error-gone-detail = 页面已被提交过，或打开时间过长。请返回应用，从那里重新登录。
error-forbidden = 您的账号无权访问此页面
error-forbidden-detail = 您的账号不能打开此页面。请使用其他账号登录，或联系管理员。
error-not-found = 没有此页面
error-not-found-detail = 请检查地址，或前往您的账号页面。
error-fault = 我们这边出了问题
error-fault-detail = 问题已被记录。请稍后重试；如果仍未解决，请将下方的参考编号告知此 Abide 的运营者。
error-busy = 我们暂时无法响应
error-busy-detail = 未作任何更改。请几秒钟后重试。

## 语言与日期
languages = 语言
moment = { $year }年{ $month }{ $day }日 { $time } UTC
month-1 = 1月
month-2 = 2月
month-3 = 3月
month-4 = 4月
month-5 = 5月
month-6 = 6月
month-7 = 7月
month-8 = 8月
month-9 = 9月
month-10 = 10月
month-11 = 11月
month-12 = 12月

act-factor-renamed = 重命名通行密钥
set-up-factor-heading = 需要两步登录
set-up-factor-app = { $app } 仅允许 { $person } 通过两步登录进入。
set-up-factor-console = { $person } 需使用两步登录才能继续。
set-up-factor-explanation = 只需一分钟：现在完成设置，即可从当前位置继续。
set-up-factor-passkey = 设置通行密钥
set-up-factor-authenticator = 设置身份验证器应用
set-up-factor-not-now = 以后再说
nav-overview = 概览
profile-title = 个人资料
profile-detail = 应用只能看到您允许的部分。不想透露的内容可以留空。
profile-name = 全名
profile-given-name = 名字
profile-family-name = 姓氏
profile-nickname = 昵称
profile-website = 个人网页
profile-zoneinfo = 时区
profile-locale = 语言
profile-locale-hint = 从下一个页面起，这些页面和邮件将使用该语言。应用也会得知您的选择。
profile-save = 保存
notice-profile-saved = 您的个人资料已保存。
alert-profile-line = 须为一行，最多 200 个字符。
alert-profile-address = 网址须以 https:// 或 http:// 开头。
alert-profile-zone = 这不是有效的时区。请从列表中选择。
alert-profile-language = 请从列表中选择一种语言。
history-title = 登录记录
history-detail = 您最近的登录，最多五十条。
history-none = 还没有任何登录。
history-when = 时间
history-how = 方式
history-not-you = 其中有不是您本人的登录吗？请更改密码并终止其他会话：
signal-new-device = 新设备
signal-new-network = 新网络
signal-impossible-travel = 同时出现在两地
way-password = 密码
way-code = 验证码
way-passkey = 通行密钥
data-title = 您的数据
data-download = 带走您的数据
data-download-detail = 一个文件，包含此处保存的关于您的全部内容，但不含您的密码和密钥。
data-download-button = 下载
data-delete = 删除您的账号
data-delete-detail = { $count ->
   *[other] 在接下来的 { $count } 天内，一切照常使用，您可以改变主意。之后，此处保存的关于您的全部内容都将被删除；应用会收到您已退出登录的通知，它们自行保存的内容由它们负责删除。
}
data-delete-name = 您的用户名
data-delete-hint = 请输入 { $username } 以继续。
data-delete-button = 删除我的账号
data-leaving = 您的账号将被删除
data-leaving-detail = 在此之前仍可使用：
data-keep-button = 保留我的账号
notice-deletion-asked = 您的账号即将被删除。
notice-deletion-cancelled = 您的账号将予以保留。
alert-deletion-name = 这不是您的用户名。
act-sign-in-unusual = 异常登录
act-deletion-asked = 请求删除账号
act-deletion-cancelled = 撤回删除请求
act-account-deleted = 删除账号
act-data-downloaded = 下载数据
consent-sees = 它能看到的内容
passkeys-heading = 通行密钥
passkeys-detail = 使用指纹、面容或设备的 PIN 码登录，无需密码。通行密钥仅在此网站有效，因此没有人能从您那里骗走它。
passkeys-none = 您还没有通行密钥。
passkey-add = 添加通行密钥
passkey-title = 添加通行密钥
passkey-explanation = 浏览器会询问保存位置：此设备、安全密钥，或与您的密码存放在一起。
passkey-create = 创建通行密钥
field-passkey-label = 名称
field-passkey-label-hint = 便于您以后辨认。
passkey-synced = 由软件保存，可在您的所有设备上使用。
passkey-device = 仅保存在一台设备中。
passkey-second-step = 只能在输入密码之后使用：它不会核实您的身份。
passkey-rename = 重命名
passkey-rename-save = 保存名称
passkey-remove = 移除
passkey-remove-label = 移除通行密钥 { $label }
passkey-sign-in = 使用通行密钥登录
passkey-use = 使用您的通行密钥
passkey-waiting = 请按照浏览器的提示操作。
passkey-cancelled = 未作选择，或等待时间过长。您可以重试。
passkey-known = 此设备上已有该账号的通行密钥。
passkey-unsupported = 此浏览器无法在这里使用通行密钥。
passkey-failed = 通行密钥未能生效。您可以重试。
passkey-script = 通行密钥需要 JavaScript，而您的浏览器未运行它。
second-factor-passkey = 您正在以 { $person } 的身份登录。请证明是您本人。
second-factor-recovery = 您正在以 { $person } 的身份登录。请输入您的一个恢复码。
field-recovery-code = 恢复码
field-recovery-code-hint = 您打印或保存的恢复码之一。每个恢复码只能使用一次。
alert-passkey = 此通行密钥未被接受。请重试，或使用其他方式登录。
alert-passkey-new = 未能添加通行密钥。请重试。
alert-passkey-label = 名称须为一行 1 至 64 个字符。
alert-passkey-last = 未作任何更改。没有此通行密钥，您将无法再登录。
notice-passkey-added = 通行密钥已添加。
notice-passkey-renamed = 通行密钥已重命名。
notice-passkey-removed = 通行密钥已移除。请同时在您的设备中将其删除。
mail-foot = 此邮件由 { $host } 的 Abide 发送。请勿回复，发往此地址的邮件无人查阅。
mail-unasked = 如果这不是您请求的，请忽略此邮件：不使用链接，就不会发生任何变化。
mail-when = 时间
mail-browser = 浏览器
mail-address = 来源地址
mail-invited-by = 邀请人
mail-reset-subject = 为 { $host } 设置新密码
mail-reset-lead = 有人为此账号请求设置新密码。链接仅一次有效，有效期为 30 分钟。
mail-reset-action = 设置新密码
mail-reset-browser = 请在您发起请求的同一浏览器中打开：链接在其他地方无效。
mail-reset-factor = 如果您使用两步登录，您的第二步验证保持不变。
mail-reset-sent-subject = 为您在 { $host } 的账号设置新密码
mail-reset-sent-lead = 管理员向您发送了此链接，以便您设置新密码。
mail-reset-once = 链接仅一次有效，有效期为 30 分钟。
mail-verify-subject = 请为 { $host } 验证您的电子邮件地址
mail-verify-lead = 有人希望将此地址用于自己的账号。如果是您本人，请确认这是您的地址。链接有效期为一小时。
mail-verify-action = 验证地址
mail-verify-note = 请在您已登录的浏览器中打开。
mail-sign-up-subject = 请完成您在 { $host } 的账号创建
mail-sign-up-lead = 有人希望使用此电子邮件地址创建账号。链接仅一次有效，有效期为一小时。
mail-sign-up-action = 完成账号创建
mail-sign-up-note = 请在您开始创建时所用的同一浏览器中打开。
mail-known-subject = 您在 { $host } 已有账号
mail-known-lead = 有人在创建新账号或更改另一账号的地址时，输入了此电子邮件地址。该地址属于您的账号，因此未作任何更改。
mail-known-action = 登录
mail-known-note = 如果是您本人操作，而您忘记了密码，请在登录页面选择“忘记密码？”。如果不是，您无需进行任何操作。
mail-invitation-subject = 您已受邀加入 { $host }
mail-invitation-lead = 请创建您的账号：选择用户名和密码。链接仅一次有效，有效期为七天。
mail-invitation-action = 创建账号
mail-invitation-note = 任何持有此链接的人都能使用它：请勿转发。
mail-notice-action = 查看您的账号
mail-notice-note = 如果是您本人操作，您无需进行任何操作。如果不是，请立即更改密码，并告知此服务的运营者。
mail-new-device-subject = 您在 { $host } 的账号有新的登录
mail-new-device-lead = 有人从一个此前未使用过您账号的浏览器登录。
mail-many-failures-subject = { $host } 上有一次多次输错密码后的登录
mail-many-failures-lead = 有人在多次输错密码后，以正确的密码登录。
mail-password-changed-subject = 您在 { $host } 的密码已更改
mail-password-changed-lead = 此账号的密码已更改。
mail-factor-added-subject = 您在 { $host } 的账号已添加第二步验证
mail-factor-added-lead = 此账号已添加第二因素：从现在起，登录时将要求验证。
mail-factor-removed-subject = 您在 { $host } 的账号已移除一项第二步验证
mail-factor-removed-lead = 此账号的一个第二因素已被移除。
mail-codes-made-subject = { $host } 的新恢复码已生成
mail-codes-made-lead = 已为此账号生成新的恢复码。之前的恢复码均已作废。
mail-code-used-subject = { $host } 的一个恢复码已被使用
mail-code-used-lead = 此账号的一个恢复码已被使用，不再有效。
mail-address-changed-subject = 您在 { $host } 的电子邮件地址已更改
mail-address-changed-lead = 此账号的电子邮件地址已更改。此邮件同时发送至旧地址和新地址。
mail-connected-subject = 现在可通过其他提供方登录 { $host }
mail-connected-lead = 此账号已与另一个提供方关联：从现在起，在那里登录的人也可以在这里登录。
mail-disconnected-subject = 不能再通过其他提供方登录 { $host }
mail-disconnected-lead = 此账号已与另一个提供方解除关联：不能再通过它在这里登录。
act-mail-sent = 发送邮件
act-mail-failed = 放弃发送邮件
act-password-reset-asked = 请求密码链接
act-password-reset = 通过链接重置密码
act-address-asked = 请求验证地址
act-address-changed = 验证地址
act-sign-up-asked = 请求创建账号
act-invitation-made = 发送邀请
act-invitation-revoked = 撤回邀请
field-username-or-email = 用户名或电子邮件地址
forgot = 忘记密码？
forgot-heading = 忘记密码？
forgot-explanation = 我们会向您账号的已验证电子邮件地址发送链接，您可以通过它设置新密码。
forgot-send = 发送链接
forgot-sent-heading = 请查看您的邮箱
forgot-sent = 如果该账号存在，并且有已验证的电子邮件地址，邮件已在发送途中。
forgot-sent-more = 请在 30 分钟内，在此浏览器中打开链接。没有收到？请查看垃圾邮件文件夹，或询问此服务的运营者。
reset-heading = 设置新密码
reset-explanation = 设置后，您将在所有地方退出登录，然后使用新密码登录。
reset-set = 设置密码
reset-done = 您的密码已更改。请使用新密码登录。
link-elsewhere-heading = 请在您发起请求的地方打开此链接
link-elsewhere = 链接仅在您发起请求的浏览器中有效，这样，即使有人读到您的邮件，也无法使用它。
link-elsewhere-more = 请从邮件中复制链接，并在那里打开。如果这不是您请求的，您无需进行任何操作。
link-gone-heading = 此链接已失效
link-gone = 链接已被使用、已过期，或已被撤回。未作任何更改。
link-gone-more = 链接仅一次有效。如果您仍然需要，请重新获取。
sign-up = 创建账号
sign-up-heading = 创建账号
sign-up-explanation = 我们会向您的电子邮件地址发送链接，您可以通过它设置密码。
sign-up-hint = 您将用它登录。
sign-up-send = 发送链接
sign-up-instead = 我已有账号：登录
sign-up-sent = 邮件正在发往此地址，其中说明了后续步骤。
sign-up-sent-more = 请在一小时内，在此浏览器中打开链接。没有收到？请查看垃圾邮件文件夹，或重试。
new-account-heading = 完成账号创建
new-account-explanation = 您的电子邮件地址已验证。设置密码后即告完成。
new-account-create = 创建账号
alert-username-address = 含有 @ 的用户名必须是接收邀请的地址。
email-heading = 您的电子邮件地址
email-explanation = 验证后，设置新密码的链接和有关您账号的消息都会发送到该地址。
email-confirmed = 已验证
email-unconfirmed = 未验证
email-none = 您的账号还没有电子邮件地址。
email-new = 新地址
email-hint = 我们会向该地址发送链接。您在此浏览器中打开链接之前，不会有任何更改。
email-send = 发送链接
email-sent = 邮件正在发往该地址。请在一小时内，在此浏览器中打开其中的链接。
email-done = 您的电子邮件地址已验证。您可以用它登录。
alert-email-same = 这已经是您的地址。
alert-email-taken = 此地址已用于其他账号。未作任何更改。
email-confirm-heading = 这是您的电子邮件地址吗？
email-confirm-explanation = 请确认这是 { $user } 的地址。
email-confirm = 验证地址
email-elsewhere = 链接仅供发起请求的用户本人使用，且须在发起请求的浏览器中处于登录状态。
to-email = 电子邮件地址
invitations = 邀请
invitations-explanation = 受邀者会收到含有链接的邮件，并自行选择用户名和密码。链接仅一次有效，有效期为七天。
invitations-no-mail = 配置中没有 [mail]，因此无法邀请任何人。
invitations-none = 目前没有待接受的邀请。
invite-heading = 邀请用户
invite-send = 发送邀请
invitation-until = 截至
invitation-revoke = 撤回
invitation-revoke-label = 撤回对 { $user } 的邀请
notice-invited = 邀请已在发送途中。
notice-invitation-revoked = 邀请已撤回，其链接已失效。
notice-reset-sent = 设置新密码的链接已在发送途中。
alert-invite-known = 此地址已有账号。
alert-user-no-address = 未发送任何内容。此账号没有已验证的电子邮件地址，或已停用。
user-send-reset = 发送密码链接
user-send-reset-label = 发送密码链接：{ $user }

# Sign-in by another provider, and several accounts
upstream-or = 或
upstream-group = 其他登录方式
upstream-continue = 使用 { $upstream } 继续
newcomer-heading = 欢迎
newcomer-explanation = 您已在 { $upstream } 以 { $shown } 的身份登录。此处还没有与其关联的账号。
newcomer-explanation-unnamed = 您已在 { $upstream } 登录。此处还没有与其关联的账号。
newcomer-username-hint = 您可以选择任何未被使用的名称。
newcomer-create = 创建账号
newcomer-connect-hint = 已有账号？请用该账号登录一次，之后即可通过 { $upstream } 登录。
newcomer-connect = 登录以关联
newcomer-connecting = 请登录，以将您的账号与 { $upstream } 的 { $shown } 关联。
newcomer-connecting-unnamed = 请登录，以将您的账号与 { $upstream } 关联。
alert-upstream-failed = 外部登录服务未能让您登录。请重试，或使用其他方式登录。
alert-upstream-cancelled = 您在外部登录服务处中途返回。请重试，或使用其他方式登录。
alert-upstream-stale = 外部登录服务没有要求您重新登录，而此处需要重新登录。请使用其他方式登录。
alert-upstream-taken = 它已与此处的另一个账号关联。请先在那个账号中取消关联。
alert-upstream-full = 您的账号关联数量已达上限。
alert-upstream-last-way = 这是您唯一的登录方式，因此予以保留。请先设置其他登录方式。
notice-upstream-connected = 您的账号已关联。
notice-upstream-disconnected = 您的账号已取消与其关联。
connected-heading = 已关联的账号
connected-detail = 可让您在此登录的外部登录服务。
connected-none = 您的账号尚未关联任何外部登录服务。
connected-add = 关联 { $upstream }
connected-remove = 取消关联
connected-remove-label = 取消关联 { $upstream }
act-upstream-connected = 关联外部登录服务
act-upstream-disconnected = 取消关联外部登录服务
act-upstream-logout = 外部登录服务通知退出
choose-here = 选择已在此处登录的账号
accounts-here = 此浏览器中的账号
accounts-here-detail = 在此处登录的其他账号。每个账号都有各自的会话。
account-add = 添加其他账号
account-switch = 切换
account-switch-label = 切换到 { $account }

## A code that is mailed where a sign-in is unusual

mailed-code-heading = 请查看您的电子邮件
mailed-code-explanation = 您正在使用此账号从未用过的设备登录，因此我们向 { $to } 发送了一个验证码。
field-mailed-code = 邮件中的验证码
field-mailed-code-hint = 八位数字。仅在此处有效，十分钟内有效。
mailed-code-again = 重新发送
alert-mailed-code = 这不是邮件中的验证码。请再看一下，或重新发送。
mail-code-subject = 您登录 { $host } 的验证码
mail-code-lead = 有人正在用您的密码从一台新设备登录您的账号。如果是您本人，请在那里输入此验证码。十分钟内有效。
mail-code = 验证码
mail-code-note = 如果不是您本人，说明有人知道您的密码：请立即更改密码，并且不要把验证码告诉任何人。

## 密码
alert-password-context = 此密码几乎只由您自己的名称或本服务的名称组成。请另选一个。
alert-password-breached = 此密码已在数据泄露事件中曝光。请另选一个，并在其他使用它的地方一并更换。
alert-password-unseen = 此密码含有不可见字符。请手动输入而不要粘贴，或另选一个。
alert-factor-needed = 您的密码只有配合两步登录才够安全。请先设置一个至少 { $count } 个字符的密码。
set-up-factor-password = { $person } 的密码只有配合两步登录才够安全，而该账号的两步登录已被移除。
set-up-factor-longer = 改为设置更长的密码

# 删除与错误验证码的邮件；不能离开的人
mail-deletion-subject = 您在 { $host } 的账号即将被删除
mail-deletion-lead = 有人在登录状态下请求在 14 天后删除此账号。在此之前账号照常可用，登录后可在账号页面上选择保留。
mail-deletion-cancelled-subject = 您在 { $host } 的账号予以保留
mail-deletion-cancelled-lead = 有人在登录状态下撤销了对此账号的删除请求。
mail-many-codes-subject = { $host } 上有一次多次输错验证码后的登录
mail-many-codes-lead = 有人知道您登录的第一步，并在多次输错验证码后输入了正确的验证码。
alert-deletion-administrator = 您是唯一留任的管理员。请先让其他人成为管理员。
## 头像、个人资料中的选项、带群组的邀请、首个密码
picture-heading = 头像
picture-detail = 显示在这里，以及您允许查看个人资料的应用中。图片会被裁剪为正方形。
picture-file = 图片文件
picture-hint = PNG、JPEG 或 WebP，最大 4 MB。文件中的地点和日期信息不会保留。
picture-save = 上传
picture-remove = 移除
picture-remove-label = 移除您的头像
picture-elsewhere = 在您上传头像之前，应用会看到此地址的图片：
notice-picture-saved = 您的头像已保存。
notice-picture-removed = 您的头像已移除。
alert-picture-nothing = 请先选择文件。
alert-picture-size = 文件过大，最大 4 MB。
alert-picture-format = 这不是完整的 PNG、JPEG 或 WebP 图片。请选择其他文件。
alert-picture-dimensions = 图片像素过多。最多 2500 万像素，每边不超过 10,000 像素。
profile-locale-browser = 跟随浏览器
profile-zone-none = 未填写
invite-groups = 群组
invite-words-hint = 用逗号分隔。账号从首次登录起就拥有它们。
alert-invite-words = 角色和群组各最多 32 个，用逗号分隔，每个最多 64 个字符。
password-set-detail = 您还没有密码，目前使用其他方式登录。设置密码后可多一种登录方式。
password-set = 设置密码
notice-password-set = 您的密码已设置。

# Names that newcomers choose

alert-username-foreign = 含有 @ 的用户名必须是您自己的、已验证的电子邮件地址。

# The answer to an app, as a form

form-post-heading = 正在登录
form-post = 正在返回 { $host }。
form-post-continue = 继续

act-signing-key-made = 生成签名密钥
act-signing-key-revoked = 吊销签名密钥

# Devices without a browser

act-device-answered = 已答复设备
enter-code-heading = 连接设备
enter-code-lead = 请输入您的设备上显示的代码。
field-user-code = 代码
field-user-code-hint = 八个字母。仅当该设备就在您面前时才输入。
enter-code-continue = 继续
alert-user-code = 没有使用此代码的设备，或代码已过期。请再看一下设备，它可能显示了新的代码。
allow-device-title = 允许设备上的 { $app }？
allow-device-heading = 允许另一台设备上的 { $app }？
allow-device-compare = 您的设备显示的正是这个代码吗？
allow-device-what = 设备
allow-device-where = 地址
allow-device-when = 请求时间
allow-device-elsewhere = 此设备与您不在同一网络。如果它不在您面前，请不要允许。
allow-device-sent = 代码或链接是别人发给您的吗？那么以您的身份登录的将是他们的设备。
allow-device-allow = 是，这是我的设备
allow-device-deny = 否，停止
device-allowed = 您的设备已连接
device-allowed-lead = 请在设备上继续。您可以关闭此页面。
device-denied = 已拒绝该设备
device-denied-lead = 它得不到任何权限。您可以关闭此页面。
device-late = 时间已过
device-late-lead = 该代码已被答复或已超时。请在设备上重新开始。
device-refused = 无法连接该设备
device-refused-lead = 该应用无权获得它所请求的内容。详情请咨询应用的提供者。
device-refused-factor = 该应用需要第二重验证，但尚未设置。

# What a developer is told

error-explained = 致此应用的开发者
error-explained-wrong = 问题所在
error-explained-rule = 规则
error-explained-right = 正确做法

# Apps that can be opened

app-open = 打开 { $app }

# Apps that register themselves

act-client-removed = 移除应用
onward-heading = 要继续前往 { $host } 吗？
onward-lead = { $app } 把您带到了这里，但登录没有完成。这个应用是自行注册的：这里没有人核实过它背后是谁。
onward-signed-out = 您已退出登录，{ $app } 请您前往它的页面。这个应用是自行注册的：这里没有人核实过它背后是谁。
onward-care = 如果您并不打算去那里，请关闭此页面。绝不要在那里输入此账户的密码。
onward-continue = 继续
self-registered = 这个应用是自行注册的。这里没有人核实过它背后是谁，它的名称也是它自己起的。
consent-registered = 征求同意；自行注册

client-remove = 移除
client-remove-label = 移除 { $app }
client-remove-detail = 任何人都无法再登录它，它的所有令牌也会失效。此操作无法撤销。
notice-client-removed = 该应用已移除。
alert-client-gone = 该应用已不存在。
