<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name></name>
    <message>
        <source>Enter sends, Shift+Enter breaks the line (Ctrl+L comes here)</source>
        <translation>Enter 发送，Shift+Enter 换行（Ctrl+L 回到此处）</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Ask anything</source>
        <translation>想问什么都可以</translation>
    </message>
    <message>
        <source>Short answers</source>
        <translation>简短回答</translation>
    </message>
    <message>
        <source>Patient teacher</source>
        <translation>耐心的老师</translation>
    </message>
    <message>
        <source>Programmer</source>
        <translation>程序员</translation>
    </message>
    <message>
        <source>Editor of texts</source>
        <translation>文字编辑</translation>
    </message>
    <message>
        <source>Translator</source>
        <translation>译者</translation>
    </message>
    <message>
        <source>This conversation</source>
        <translation>本次对话</translation>
    </message>
    <message>
        <source>Instructions to begin with</source>
        <translation>从哪种指令开始</translation>
    </message>
    <message>
        <source>As in the settings</source>
        <translation>与设置相同</translation>
    </message>
    <message>
        <source>Instructions for the assistant</source>
        <translation>给助手的指令</translation>
    </message>
    <message>
        <source>Your own</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Share of likely words (top p)</source>
        <translation>候选词的概率范围（top p）</translation>
    </message>
    <message>
        <source>Longest answer, in tokens</source>
        <translation>回答的最大长度（词元）</translation>
    </message>
    <message>
        <source>Who the assistant is here</source>
        <translation>助手在这里的角色</translation>
    </message>
    <message>
        <source>Begin with</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>How it chooses words</source>
        <translation>用词方式</translation>
    </message>
    <message>
        <source>Top p</source>
        <translation>Top p</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Applies from the next answer on, in this conversation only.</source>
        <translation>从下一个回答起生效，只影响本次对话。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>the oldest message will be forgotten</source>
        <translation>最早的一条消息将被遗忘</translation>
    </message>
    <message>
        <source>the oldest {0} messages will be forgotten</source>
        <translation>最早的 {0} 条消息将被遗忘</translation>
    </message>
    <message>
        <source>first word in about {0:.0f} s</source>
        <translation>约 {0:.0f} 秒后出现第一个字</translation>
    </message>
    <message>
        <source>first word within a second</source>
        <translation>一秒内出现第一个字</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>Attach pictures, documents or sound (Ctrl+O)</source>
        <translation>添加图片、文档或音频（Ctrl+O）</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Stop the answer (Esc)</source>
        <translation>停止回答（Esc）</translation>
    </message>
    <message>
        <source>Problem with what was given</source>
        <translation>所给内容有问题</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>发送（Enter）</translation>
    </message>
    <message>
        <source>Pasted picture {0}.png</source>
        <translation>粘贴的图片 {0}.png</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文字</translation>
    </message>
    <message>
        <source>Remove {0}</source>
        <translation>移除 {0}</translation>
    </message>
    <message>
        <source>Ask about {0}</source>
        <translation>就“{0}”提问</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Document {0}</source>
        <translation>文档 {0}</translation>
    </message>
    <message>
        <source>Summarise</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>About {0} words</source>
        <translation>约 {0} 词</translation>
    </message>
    <message>
        <source>Translate to {0}</source>
        <translation>翻译成{0}</translation>
    </message>
    <message>
        <source>Drop to attach</source>
        <translation>松开即可添加</translation>
    </message>
    <message>
        <source>Pictures, documents and sound</source>
        <translation>图片、文档和音频</translation>
    </message>
    <message>
        <source>Setting up</source>
        <translation>正在准备</translation>
    </message>
    <message>
        <source>Getting the assistant ready</source>
        <translation>正在准备助手</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Setting up failed</source>
        <translation>准备失败</translation>
    </message>
    <message>
        <source>The parts of the model are fetched once and stay on this machine. You can already write; your message can be sent as soon as the language part is there.</source>
        <translation>模型的各个部分只需下载一次，之后一直保存在本机。现在就可以输入；语言部分一到，消息就能发送。</translation>
    </message>
    <message>
        <source>The assistant is not complete</source>
        <translation>助手尚不完整</translation>
    </message>
    <message>
        <source>The assistant is ready</source>
        <translation>助手已就绪</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>checking</source>
        <translation>校验中</translation>
    </message>
    <message>
        <source>unpacking</source>
        <translation>解包中</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>waiting · {0} MB</source>
        <translation>等待中 · {0} MB</translation>
    </message>
    <message>
        <source>{0} of {1} MB</source>
        <translation>{0} / {1} MB</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>入门</translation>
    </message>
    <message>
        <source>Welcome to mmdesk</source>
        <translation>欢迎使用 mmdesk</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>An assistant of your own</source>
        <translation>属于您自己的助手</translation>
    </message>
    <message>
        <source>mmdesk answers questions, looks at pictures, writes down what you say, and summarises or translates documents.</source>
        <translation>mmdesk 能回答问题、看图片、把您说的话写成文字，还能总结或翻译文档。</translation>
    </message>
    <message>
        <source>All of it happens on this machine. Nothing you write, say or show leaves it, and there is no account. Only the parts of the model are fetched, once.</source>
        <translation>一切都在本机上进行。您写的、说的、展示的内容都不会离开这台电脑，也不需要账号。只有模型的各个部分需要下载一次。</translation>
    </message>
    <message>
        <source>The model is small. It writes and explains well, but it knows few facts and can be wrong: look twice at numbers and names.</source>
        <translation>这个模型很小。它擅长写作和讲解，但知道的事实不多，也可能出错：数字和名称请再核对一遍。</translation>
    </message>
    <message>
        <source>What is being fetched</source>
        <translation>正在下载的内容</translation>
    </message>
    <message>
        <source>Each part is checked when it has arrived and whenever it is loaded. If the connection breaks, it carries on where it stopped.</source>
        <translation>每个部分在下载完成后以及每次载入时都会校验。如果网络中断，会从断开的地方继续。</translation>
    </message>
    <message>
        <source>Everything is here: nothing is being fetched.</source>
        <translation>所有内容都已就位：没有需要下载的东西。</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Choose a question to begin with, or close this and write your own. A picture or a document can be dropped anywhere.</source>
        <translation>选一个问题开始，或者关闭本窗口自己提问。图片和文档可以拖放到任意位置。</translation>
    </message>
    <message>
        <source>Explain in three sentences why the sky is blue</source>
        <translation>用三句话解释天空为什么是蓝色的</translation>
    </message>
    <message>
        <source>Write a polite reply that declines a meeting</source>
        <translation>写一封婉拒会议的礼貌回信</translation>
    </message>
    <message>
        <source>Write a Python function that finds duplicate files</source>
        <translation>写一个查找重复文件的 Python 函数</translation>
    </message>
    <message>
        <source>F1 lists all keys; Ctrl+, opens the settings.</source>
        <translation>按 F1 查看所有快捷键；按 Ctrl+, 打开设置。</translation>
    </message>
    <message>
        <source>Everything is here.</source>
        <translation>所有内容都已就位。</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>第 {0} 步，共 {1} 步</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Export and import</source>
        <translation>导出与导入</translation>
    </message>
    <message>
        <source>Search in everything (Ctrl+F)</source>
        <translation>搜索所有内容（Ctrl+F）</translation>
    </message>
    <message>
        <source>Search in all conversations</source>
        <translation>在所有对话中搜索</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索所有内容</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>“{0}” was deleted</source>
        <translation>已删除“{0}”</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Export as Markdown…</source>
        <translation>导出为 Markdown…</translation>
    </message>
    <message>
        <source>Export as JSON…</source>
        <translation>导出为 JSON…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Export all as JSON…</source>
        <translation>全部导出为 JSON…</translation>
    </message>
    <message>
        <source>Export all as Markdown…</source>
        <translation>全部导出为 Markdown…</translation>
    </message>
    <message>
        <source>Import JSON…</source>
        <translation>导入 JSON…</translation>
    </message>
    <message>
        <source>Export into which folder?</source>
        <translation>导出到哪个文件夹？</translation>
    </message>
    <message>
        <source>Export the conversation</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>Export all conversations</source>
        <translation>导出所有对话</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入对话</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>an answer is coming</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>Picture {0}</source>
        <translation>图片 {0}</translation>
    </message>
    <message>
        <source>Describe</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Describe {0}</source>
        <translation>描述 {0}</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Describe all</source>
        <translation>全部描述</translation>
    </message>
    <message>
        <source>Drop pictures here</source>
        <translation>将图片拖放到这里</translation>
    </message>
    <message>
        <source>Drop or paste pictures here</source>
        <translation>将图片拖放或粘贴到这里</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Choose files</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Choose files (Ctrl+O)</source>
        <translation>选择文件（Ctrl+O）</translation>
    </message>
    <message>
        <source>Loudness</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Open this address?</source>
        <translation>打开这个网址？</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Open this address in your browser?</source>
        <translation>要在浏览器中打开这个网址吗？</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制网址</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>The answer</source>
        <translation>回答内容</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Answer finished</source>
        <translation>回答完毕</translation>
    </message>
    <message>
        <source>Answer stopped</source>
        <translation>回答已停止</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>mmdesk ended while this answer was coming</source>
        <translation>回答还没结束时 mmdesk 就退出了</translation>
    </message>
    <message>
        <source>Edit and ask again</source>
        <translation>修改后重新提问</translation>
    </message>
    <message>
        <source>{0:.1f} tokens/s</source>
        <translation>{0:.1f} 词元/秒</translation>
    </message>
    <message>
        <source>first word after {0:.1f} s</source>
        <translation>{0:.1f} 秒后出现第一个字</translation>
    </message>
    <message>
        <source>reached the longest length set</source>
        <translation>已达到设定的最大长度</translation>
    </message>
    <message>
        <source>Copy this code</source>
        <translation>复制这段代码</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Speak</source>
        <translation>语音</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>正在聆听…</translation>
    </message>
    <message>
        <source>Writing down what you said…</source>
        <translation>正在把您说的话写下来…</translation>
    </message>
    <message>
        <source>Nothing heard. Try again, closer to the microphone.</source>
        <translation>没有听到声音。请靠近麦克风再试一次。</translation>
    </message>
    <message>
        <source>Hold the button while you speak</source>
        <translation>说话时请按住按钮</translation>
    </message>
    <message>
        <source>Press to speak (Ctrl+M)</source>
        <translation>按下开始说话（Ctrl+M）</translation>
    </message>
    <message>
        <source>Stop listening</source>
        <translation>停止聆听</translation>
    </message>
    <message>
        <source>Start listening</source>
        <translation>开始聆听</translation>
    </message>
    <message>
        <source>Stop listening (Ctrl+M)</source>
        <translation>停止聆听（Ctrl+M）</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>being fetched</source>
        <translation>下载中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>not fetched</source>
        <translation>未下载</translation>
    </message>
    <message>
        <source>Checking every byte</source>
        <translation>正在逐字节校验</translation>
    </message>
    <message>
        <source>{0} % are here; it carries on from there.</source>
        <translation>已下载 {0}%，将从这里继续。</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>移出列表</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Unload now</source>
        <translation>立即卸载</translation>
    </message>
    <message>
        <source>Use for chat</source>
        <translation>用于聊天</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>{0:.1f} GB</source>
        <translation>{0:.1f} GB</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>Takes text</source>
        <translation>可处理文字</translation>
    </message>
    <message>
        <source>Takes pictures</source>
        <translation>可处理图片</translation>
    </message>
    <message>
        <source>Takes sound</source>
        <translation>可处理声音</translation>
    </message>
    <message>
        <source>{0} on disk</source>
        <translation>占用磁盘 {0}</translation>
    </message>
    <message>
        <source>{0} to fetch, {1} on disk</source>
        <translation>需下载 {0}，占用磁盘 {1}</translation>
    </message>
    <message>
        <source>licence not stated</source>
        <translation>未注明许可证</translation>
    </message>
    <message>
        <source>Fits this machine: it needs about {needs} of the {has} of memory.</source>
        <translation>适合本机：内存共 {has}，它约需 {needs}。</translation>
    </message>
    <message>
        <source>Fits, but slowly: {advised} cores are advised and this machine has {cores}.</source>
        <translation>可以运行，但较慢：建议 {advised} 个核心，本机有 {cores} 个。</translation>
    </message>
    <message>
        <source>Fits only after other programs are closed: it needs about {needs} of memory and {has} are free now.</source>
        <translation>需先关闭其他程序：它约需 {needs} 内存，目前可用 {has}。</translation>
    </message>
    <message>
        <source>Does not fit: it needs about {needs} of memory and this machine has {has}.</source>
        <translation>不适合本机：它约需 {needs} 内存，本机只有 {has}。</translation>
    </message>
    <message>
        <source>No room for it: it needs {needs} of disk and {has} are free.</source>
        <translation>空间不足：它需要 {needs} 磁盘空间，目前可用 {has}。</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Fetching</source>
        <translation>下载中</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>校验中</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>解包中</translation>
    </message>
    <message>
        <source>{0}: {1} of {2}</source>
        <translation>{0}：{1} / {2}</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Looking what is there…</source>
        <translation>正在查看有哪些模型…</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>A folder with a text model for transformers: it is used where it lies</source>
        <translation>含有 transformers 文本模型的文件夹：原地使用，不会复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This machine: cores {cores}, memory {memory}, free on the disk {disk}.</source>
        <translation>本机：{cores} 个核心，内存 {memory}，磁盘可用空间 {disk}。</translation>
    </message>
    <message>
        <source>Unloaded. The next question loads it again.</source>
        <translation>已卸载。下次提问时会重新载入。</translation>
    </message>
    <message>
        <source>Take {0} off the list?</source>
        <translation>将 {0} 移出列表？</translation>
    </message>
    <message>
        <source>The folder itself stays as it is.</source>
        <translation>文件夹本身保持不变。</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>移出</translation>
    </message>
    <message>
        <source>Remove {0}?</source>
        <translation>移除 {0}？</translation>
    </message>
    <message>
        <source>{0} of disk become free. It can be fetched again.</source>
        <translation>将释放 {0} 磁盘空间。以后可以重新下载。</translation>
    </message>
    <message>
        <source>It is the model that answers now.</source>
        <translation>它是当前负责回答的模型。</translation>
    </message>
    <message>
        <source>{0} will probably run out of memory. Go on all the same?</source>
        <translation>{0} 很可能会耗尽内存。仍要继续吗？</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>A folder with a text model for transformers</source>
        <translation>含有 transformers 文本模型的文件夹</translation>
    </message>
    <message>
        <source>Reading the folder…</source>
        <translation>正在读取文件夹…</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>The models cannot be listed ({0}).</source>
        <translation>无法列出模型（{0}）。</translation>
    </message>
    <message>
        <source>Fetching stopped unexpectedly.</source>
        <translation>下载意外停止。</translation>
    </message>
    <message>
        <source>Try again: it carries on where it stopped.</source>
        <translation>请重试：会从停下的地方继续。</translation>
    </message>
    <message>
        <source>{0} cannot be stored: {1}.</source>
        <translation>无法保存 {0}：{1}。</translation>
    </message>
    <message>
        <source>New ones are forgotten when mmdesk ends.</source>
        <translation>新的对话在 mmdesk 退出后不会保留。</translation>
    </message>
    <message>
        <source>The conversations cannot be opened ({0}).</source>
        <translation>无法打开对话记录（{0}）。</translation>
    </message>
    <message>
        <source>The file of conversations was damaged, so a new one was begun.</source>
        <translation>对话记录文件已损坏，因此新建了一个。</translation>
    </message>
    <message>
        <source>The damaged one was kept as {0}.</source>
        <translation>损坏的文件保留为 {0}。</translation>
    </message>
    <message>
        <source>Conversations cannot be written to the disk now ({0}).</source>
        <translation>现在无法把对话写入磁盘（{0}）。</translation>
    </message>
    <message>
        <source>mmdesk keeps trying; nothing is lost while this window is open.</source>
        <translation>mmdesk 会继续尝试；只要窗口开着，就不会丢失任何内容。</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}.</source>
        <translation>无法写入 {0}：{1}。</translation>
    </message>
    <message>
        <source>The conversations could not be read ({0}).</source>
        <translation>无法读取对话（{0}）。</translation>
    </message>
    <message>
        <source>Something could not be kept in the history ({0}).</source>
        <translation>有内容无法保存到历史记录（{0}）。</translation>
    </message>
    <message>
        <source>The microphone cannot be used ({0}).</source>
        <translation>无法使用麦克风（{0}）。</translation>
    </message>
    <message>
        <source>{0} could not be read: it brought the decoder down.</source>
        <translation>无法读取 {0}：它使解码程序崩溃了。</translation>
    </message>
    <message>
        <source>The file may be damaged.</source>
        <translation>文件可能已损坏。</translation>
    </message>
    <message>
        <source>{0} took too long to read.</source>
        <translation>读取 {0} 用时过长。</translation>
    </message>
    <message>
        <source>Try a part of it.</source>
        <translation>请只用其中一部分试试。</translation>
    </message>
    <message>
        <source>{0} needs more memory than there is.</source>
        <translation>内存不足，无法读取 {0}。</translation>
    </message>
    <message>
        <source>{0} cannot be read ({1}).</source>
        <translation>无法读取 {0}（{1}）。</translation>
    </message>
    <message>
        <source>The language model is not there yet.</source>
        <translation>语言模型还没有准备好。</translation>
    </message>
    <message>
        <source>{0} could not be had from any source; {1} takes its place.</source>
        <translation>从任何来源都下载不到 {0}，暂由 {1} 代替。</translation>
    </message>
    <message>
        <source>Fetching was cancelled.</source>
        <translation>下载已取消。</translation>
    </message>
    <message>
        <source>Retry carries on where it stopped.</source>
        <translation>重试时会从停下的地方继续。</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>waiting for the answer in another conversation</source>
        <translation>正在等待另一个对话的回答</translation>
    </message>
    <message>
        <source>Answering…</source>
        <translation>正在回答…</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在载入模型…</translation>
    </message>
    <message>
        <source>Writing down what was said…</source>
        <translation>正在把语音写成文字…</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>正在看图片…</translation>
    </message>
    <message>
        <source>The models cannot be changed: {0}.</source>
        <translation>无法更改模型：{0}。</translation>
    </message>
    <message>
        <source>Something went wrong ({0}).</source>
        <translation>出了问题（{0}）。</translation>
    </message>
    <message>
        <source>Something went wrong inside mmdesk ({0}).</source>
        <translation>mmdesk 内部出了问题（{0}）。</translation>
    </message>
    <message>
        <source>The log in mmdesk&apos;s folder has the details.</source>
        <translation>详情请看 mmdesk 文件夹中的日志。</translation>
    </message>
    <message>
        <source>reading</source>
        <translation>正在阅读</translation>
    </message>
    <message>
        <source>There is nothing to answer.</source>
        <translation>没有可回答的内容。</translation>
    </message>
    <message>
        <source>The temperature cannot be {0}.</source>
        <translation>温度不能是 {0}。</translation>
    </message>
    <message>
        <source>top_p must be above 0 and at most 1, not {0}.</source>
        <translation>top_p 必须大于 0 且不超过 1，不能是 {0}。</translation>
    </message>
    <message>
        <source>top_k cannot be negative ({0}).</source>
        <translation>top_k 不能为负数（{0}）。</translation>
    </message>
    <message>
        <source>The repetition penalty cannot be {0}.</source>
        <translation>重复惩罚不能是 {0}。</translation>
    </message>
    <message>
        <source>An answer needs at least 1 token.</source>
        <translation>回答至少需要 1 个词元。</translation>
    </message>
    <message>
        <source>The engine failed unexpectedly ({0}).</source>
        <translation>引擎意外出错（{0}）。</translation>
    </message>
    <message>
        <source>The details are in {0}.</source>
        <translation>详情在 {0} 中。</translation>
    </message>
    <message>
        <source>There is not enough memory for this.</source>
        <translation>内存不足，无法完成。</translation>
    </message>
    <message>
        <source>Close other programs.</source>
        <translation>请关闭其他程序。</translation>
    </message>
    <message>
        <source>The question does not fit into the model&apos;s context.</source>
        <translation>问题太长，超出了模型的上下文。</translation>
    </message>
    <message>
        <source>The oldest message no longer fits and was left out.</source>
        <translation>最早的一条消息已放不下，未计入。</translation>
    </message>
    <message>
        <source>The oldest {0} messages no longer fit and were left out.</source>
        <translation>最早的 {0} 条消息已放不下，未计入。</translation>
    </message>
    <message>
        <source>{0} is longer than fits, so its middle was left out.</source>
        <translation>{0} 太长，中间部分未计入。</translation>
    </message>
    <message>
        <source>This processor cannot compute in int8.</source>
        <translation>此处理器不支持 int8 计算。</translation>
    </message>
    <message>
        <source>Choose bf16 or fp32.</source>
        <translation>请选择 bf16 或 fp32。</translation>
    </message>
    <message>
        <source>The model &quot;{0}&quot; cannot compute in int8 here.</source>
        <translation>模型“{0}”在这里不能用 int8 计算。</translation>
    </message>
    <message>
        <source>The model &quot;{0}&quot; cannot be loaded ({1}).</source>
        <translation>无法载入模型“{0}”（{1}）。</translation>
    </message>
    <message>
        <source>Remove it and fetch it again.</source>
        <translation>请将其移除后重新下载。</translation>
    </message>
    <message>
        <source>There is not enough memory to load the model &quot;{0}&quot;.</source>
        <translation>内存不足，无法载入模型“{0}”。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>loading the model</source>
        <translation>正在载入模型</translation>
    </message>
    <message>
        <source>looking at the picture</source>
        <translation>正在看图片</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>正在聆听</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({0}).</source>
        <translation>引擎意外停止（{0}）。</translation>
    </message>
    <message>
        <source>native code crashed with signal {0}</source>
        <translation>本机代码崩溃，信号 {0}</translation>
    </message>
    <message>
        <source>exit status {0}</source>
        <translation>退出状态 {0}</translation>
    </message>
    <message>
        <source>Ask again: it starts anew. If it happens again, close other programs or choose a smaller model.</source>
        <translation>请再问一次：引擎会重新启动。如果再次发生，请关闭其他程序或选择更小的模型。</translation>
    </message>
    <message>
        <source>{0} is not a digest.</source>
        <translation>{0} 不是有效的摘要值。</translation>
    </message>
    <message>
        <source>{0} was written by a newer mmdesk (its version is {1}, this one knows {2}).</source>
        <translation>{0} 由更新版本的 mmdesk 写入（其版本为 {1}，当前程序只认识 {2}）。</translation>
    </message>
    <message>
        <source>Update mmdesk to see the conversations; they are left as they are.</source>
        <translation>请更新 mmdesk 以查看对话；对话保持原样。</translation>
    </message>
    <message>
        <source>The conversations cannot be kept in {0}: {1}.</source>
        <translation>无法将对话保存在 {0}：{1}。</translation>
    </message>
    <message>
        <source>Conversations are forgotten when mmdesk ends.</source>
        <translation>对话在 mmdesk 退出后不会保留。</translation>
    </message>
    <message>
        <source>There is no conversation {0}.</source>
        <translation>没有对话 {0}。</translation>
    </message>
    <message>
        <source>mmdesk history list shows them.</source>
        <translation>mmdesk history list 可列出所有对话。</translation>
    </message>
    <message>
        <source>The message is not there any more.</source>
        <translation>这条消息已不存在。</translation>
    </message>
    <message>
        <source>{0} cannot be opened: {1}.</source>
        <translation>无法打开 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} is not a file of mmdesk&apos;s conversations.</source>
        <translation>{0} 不是 mmdesk 的对话文件。</translation>
    </message>
    <message>
        <source>{0} was written by a newer mmdesk.</source>
        <translation>{0} 由更新版本的 mmdesk 写入。</translation>
    </message>
    <message>
        <source>Update mmdesk to read it.</source>
        <translation>请更新 mmdesk 后再读取。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}.</source>
        <translation>无法读取 {0}：{1}。</translation>
    </message>
    <message>
        <source>{0} is not JSON: {1}.</source>
        <translation>{0} 不是 JSON：{1}。</translation>
    </message>
    <message>
        <source>{0} is damaged ({1}); nothing was taken over.</source>
        <translation>{0} 已损坏（{1}），没有导入任何内容。</translation>
    </message>
    <message>
        <source>{0} is neither a picture, a sound nor a document that can be read.</source>
        <translation>{0} 不是可读取的图片、音频或文档。</translation>
    </message>
    <message>
        <source>Pictures: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC. Sound: WAV, FLAC, MP3, OGG, M4A. Documents: TXT, MD, HTML, PDF, DOCX.</source>
        <translation>图片：JPEG、PNG、WebP、GIF、BMP、TIFF、HEIC。音频：WAV、FLAC、MP3、OGG、M4A。文档：TXT、MD、HTML、PDF、DOCX。</translation>
    </message>
    <message>
        <source>JPEG, PNG, WebP, GIF, BMP, TIFF and HEIC can be read.</source>
        <translation>可以读取 JPEG、PNG、WebP、GIF、BMP、TIFF 和 HEIC。</translation>
    </message>
    <message>
        <source>WAV, FLAC, MP3, OGG and M4A can be read.</source>
        <translation>可以读取 WAV、FLAC、MP3、OGG 和 M4A。</translation>
    </message>
    <message>
        <source>TXT, MD, HTML, PDF and DOCX can be read.</source>
        <translation>可以读取 TXT、MD、HTML、PDF 和 DOCX。</translation>
    </message>
    <message>
        <source>{0} is empty: it has no sound.</source>
        <translation>{0} 是空的：没有声音。</translation>
    </message>
    <message>
        <source>{0} is damaged: some of its samples are not numbers.</source>
        <translation>{0} 已损坏：部分采样不是数字。</translation>
    </message>
    <message>
        <source>{0} is longer than {1} hours.</source>
        <translation>{0} 超过了 {1} 小时。</translation>
    </message>
    <message>
        <source>Cut it into parts.</source>
        <translation>请将其切成几段。</translation>
    </message>
    <message>
        <source>{0} has no sound in it.</source>
        <translation>{0} 里没有声音。</translation>
    </message>
    <message>
        <source>{0} is not a sound that can be read.</source>
        <translation>{0} 不是可读取的音频。</translation>
    </message>
    <message>
        <source>{0} has no text.</source>
        <translation>{0} 没有文字。</translation>
    </message>
    <message>
        <source>There is nothing in it to read.</source>
        <translation>里面没有可读的内容。</translation>
    </message>
    <message>
        <source>{0} has {1} characters; at most {2} can be read.</source>
        <translation>{0} 有 {1} 个字符；最多可以读取 {2} 个。</translation>
    </message>
    <message>
        <source>Split it into parts.</source>
        <translation>请将其拆成几部分。</translation>
    </message>
    <message>
        <source>{0} is an RTF file, which cannot be read.</source>
        <translation>{0} 是 RTF 文件，无法读取。</translation>
    </message>
    <message>
        <source>{0} is nested too deeply to be read.</source>
        <translation>{0} 嵌套过深，无法读取。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1}.</source>
        <translation>{0} 已损坏：{1}。</translation>
    </message>
    <message>
        <source>it is no Word document</source>
        <translation>不是 Word 文档</translation>
    </message>
    <message>
        <source>{0} is an old Office file (.doc).</source>
        <translation>{0} 是旧版 Office 文件（.doc）。</translation>
    </message>
    <message>
        <source>Save it as DOCX.</source>
        <translation>请另存为 DOCX。</translation>
    </message>
    <message>
        <source>{0} is {1}, not a Word document.</source>
        <translation>{0} 是 {1}，不是 Word 文档。</translation>
    </message>
    <message>
        <source>a ZIP archive</source>
        <translation>ZIP 压缩包</translation>
    </message>
    <message>
        <source>Export it as PDF or text.</source>
        <translation>请导出为 PDF 或文本。</translation>
    </message>
    <message>
        <source>Unpack it and choose the files inside.</source>
        <translation>请解压后选择里面的文件。</translation>
    </message>
    <message>
        <source>{0} is protected by a password.</source>
        <translation>{0} 有密码保护。</translation>
    </message>
    <message>
        <source>Save a copy without the password.</source>
        <translation>请另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>{0} would unpack to {1} GB: it is not opened.</source>
        <translation>{0} 解压后将达到 {1} GB，因此没有打开。</translation>
    </message>
    <message>
        <source>Save it as DOCX again.</source>
        <translation>请重新另存为 DOCX。</translation>
    </message>
    <message>
        <source>{0} is not a text file: its bytes are not text in a known encoding.</source>
        <translation>{0} 不是文本文件：无法以任何已知编码读出文字。</translation>
    </message>
    <message>
        <source>Save it as UTF-8 text, or as PDF or DOCX.</source>
        <translation>请另存为 UTF-8 文本、PDF 或 DOCX。</translation>
    </message>
    <message>
        <source>{0} is damaged: {1}</source>
        <translation>{0} 已损坏：{1}</translation>
    </message>
    <message>
        <source>Copy or export it again.</source>
        <translation>请重新复制或导出。</translation>
    </message>
    <message>
        <source>{0} has {1} × {2} pixels; at most {3} megapixels can be opened.</source>
        <translation>{0} 有 {1} × {2} 像素；最多可以打开 {3} 百万像素的图片。</translation>
    </message>
    <message>
        <source>Use a smaller copy of the picture.</source>
        <translation>请使用较小的副本。</translation>
    </message>
    <message>
        <source>{0} is a picture without pixels.</source>
        <translation>{0} 是没有像素的图片。</translation>
    </message>
    <message>
        <source>{0} is cut off: the end of the picture is missing.</source>
        <translation>{0} 不完整：图片末尾缺失。</translation>
    </message>
    <message>
        <source>Copy it again.</source>
        <translation>请重新复制。</translation>
    </message>
    <message>
        <source>{0} does not fit into memory.</source>
        <translation>内存放不下 {0}。</translation>
    </message>
    <message>
        <source>Use a smaller copy.</source>
        <translation>请使用较小的副本。</translation>
    </message>
    <message>
        <source>{0} is not a picture that can be read.</source>
        <translation>{0} 不是可读取的图片。</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>没有找到麦克风。</translation>
    </message>
    <message>
        <source>Plug one in, or allow access to it in the system&apos;s settings.</source>
        <translation>请接上麦克风，或在系统设置中允许访问。</translation>
    </message>
    <message>
        <source>There is no microphone &quot;{0}&quot;.</source>
        <translation>没有名为“{0}”的麦克风。</translation>
    </message>
    <message>
        <source>There is: {0}.</source>
        <translation>现有：{0}。</translation>
    </message>
    <message>
        <source>Nothing was recorded: {0}.</source>
        <translation>没有录到声音：{0}。</translation>
    </message>
    <message>
        <source>it was disconnected</source>
        <translation>麦克风已断开</translation>
    </message>
    <message>
        <source>no sound came from the microphone</source>
        <translation>麦克风没有传来声音</translation>
    </message>
    <message>
        <source>The microphone cannot be used: the system library libportaudio2 is missing.</source>
        <translation>无法使用麦克风：缺少系统库 libportaudio2。</translation>
    </message>
    <message>
        <source>On Debian or Ubuntu: sudo apt install libportaudio2</source>
        <translation>在 Debian 或 Ubuntu 上：sudo apt install libportaudio2</translation>
    </message>
    <message>
        <source>The microphone &quot;{0}&quot; cannot be opened: {1}.</source>
        <translation>无法打开麦克风“{0}”：{1}。</translation>
    </message>
    <message>
        <source>Another program may be using it; close that one, or choose another microphone.</source>
        <translation>可能有其他程序正在使用它；请关闭该程序，或选择别的麦克风。</translation>
    </message>
    <message>
        <source>{0} has no pages.</source>
        <translation>{0} 没有页面。</translation>
    </message>
    <message>
        <source>{0} is a scan: its {1} without a text layer.</source>
        <translation>{0} 是扫描件：{1}，没有文字层。</translation>
    </message>
    <message>
        <source>Drop its pages as pictures (PNG or JPEG): text in pictures is read.</source>
        <translation>请将各页作为图片（PNG 或 JPEG）拖入：图片中的文字可以识别。</translation>
    </message>
    <message>
        <source>{0} is not a PDF that can be read: it is damaged or cut off.</source>
        <translation>{0} 不是可读取的 PDF：已损坏或不完整。</translation>
    </message>
    <message>
        <source>Export it again.</source>
        <translation>请重新导出。</translation>
    </message>
    <message>
        <source>Open it in a PDF viewer and save a copy without the password.</source>
        <translation>请在 PDF 阅读器中打开，并另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>{0} cannot be opened: permission denied.</source>
        <translation>无法打开 {0}：没有权限。</translation>
    </message>
    <message>
        <source>Check who may read it.</source>
        <translation>请检查它的读取权限。</translation>
    </message>
    <message>
        <source>{0} is a folder, not a file.</source>
        <translation>{0} 是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>Choose the files inside it.</source>
        <translation>请选择里面的文件。</translation>
    </message>
    <message>
        <source>{0} is a device or a pipe, not a file.</source>
        <translation>{0} 是设备或管道，不是文件。</translation>
    </message>
    <message>
        <source>{0} is empty.</source>
        <translation>{0} 是空的。</translation>
    </message>
    <message>
        <source>The file has no bytes; was it copied completely?</source>
        <translation>文件没有任何内容；是否复制完整了？</translation>
    </message>
    <message>
        <source>{0} has {1} MB; at most {2} MB can be opened.</source>
        <translation>{0} 有 {1} MB；最多可以打开 {2} MB 的文件。</translation>
    </message>
    <message>
        <source>{0} does not exist.</source>
        <translation>{0} 不存在。</translation>
    </message>
    <message>
        <source>Check the name and the folder.</source>
        <translation>请检查名称和文件夹。</translation>
    </message>
    <message>
        <source>{0} ({1}) could not be converted: {2}.</source>
        <translation>无法转换 {0}（{1}）：{2}。</translation>
    </message>
    <message>
        <source>Try again: mmdesk models get {0}</source>
        <translation>请重试：mmdesk models get {0}</translation>
    </message>
    <message>
        <source>{0} cannot be written to {1}: {2}.</source>
        <translation>无法将 {0} 写入 {1}：{2}。</translation>
    </message>
    <message>
        <source>{0} ({1}) could not be fetched: {2}.</source>
        <translation>无法下载 {0}（{1}）：{2}。</translation>
    </message>
    <message>
        <source>Check the connection, then: mmdesk models get {0}</source>
        <translation>请检查网络，然后运行：mmdesk models get {0}</translation>
    </message>
    <message>
        <source>There is not enough room on the disk for {0}: {1} are needed and {2} are free in {3}.</source>
        <translation>磁盘空间不足，放不下 {0}：需要 {1}，而 {3} 中可用 {2}。</translation>
    </message>
    <message>
        <source>Make room, or move mmdesk&apos;s folder by setting MMDESK_HOME.</source>
        <translation>请腾出空间，或设置 MMDESK_HOME 来移动 mmdesk 的文件夹。</translation>
    </message>
    <message>
        <source>{0} has no chat template: it continues texts but does not answer.</source>
        <translation>{0} 没有对话模板：它只会续写文字，不会回答。</translation>
    </message>
    <message>
        <source>Choose the model&apos;s instruct or chat version.</source>
        <translation>请选择该模型的 instruct 或 chat 版本。</translation>
    </message>
    <message>
        <source>{0} has changed since it was added: {1} is another file.</source>
        <translation>{0} 在添加之后发生了变化：{1} 已不是原来的文件。</translation>
    </message>
    <message>
        <source>If that was you, add the folder again: {0}</source>
        <translation>如果是您改动的，请重新添加文件夹：{0}</translation>
    </message>
    <message>
        <source>{0} is not a folder.</source>
        <translation>{0} 不是文件夹。</translation>
    </message>
    <message>
        <source>{0} needs program code of its own, which mmdesk never runs.</source>
        <translation>{0} 需要运行自带的程序代码，而 mmdesk 绝不会运行这类代码。</translation>
    </message>
    <message>
        <source>Choose a model that transformers supports by itself.</source>
        <translation>请选择 transformers 本身就支持的模型。</translation>
    </message>
    <message>
        <source>{0} is not a text model: it is made for {1}.</source>
        <translation>{0} 不是文本模型：它用于 {1}。</translation>
    </message>
    <message>
        <source>{0} is quantised in a way mmdesk does not read.</source>
        <translation>{0} 的量化方式 mmdesk 无法读取。</translation>
    </message>
    <message>
        <source>Choose the model&apos;s original weights (bf16 or fp16).</source>
        <translation>请选择模型的原始权重（bf16 或 fp16）。</translation>
    </message>
    <message>
        <source>{0} is not whole: {1} is missing.</source>
        <translation>{0} 不完整：缺少 {1}。</translation>
    </message>
    <message>
        <source>{0} is not whole: {1} is cut off or damaged.</source>
        <translation>{0} 不完整：{1} 被截断或已损坏。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>{0}: {1} cannot be read.</source>
        <translation>{0}：无法读取 {1}。</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1} is missing or locked.</source>
        <translation>无法读取 {0}：{1} 缺失或被锁定。</translation>
    </message>
    <message>
        <source>It should lie in {0}. Put it back, or add the folder where it is now.</source>
        <translation>它应当位于 {0}。请将其放回，或添加它现在所在的文件夹。</translation>
    </message>
    <message>
        <source>{0} has no weights as safetensors.</source>
        <translation>{0} 没有 safetensors 格式的权重。</translation>
    </message>
    <message>
        <source>Weights as pickles (.bin, .pt) can run code and are never loaded.</source>
        <translation>pickle 格式的权重（.bin、.pt）可能运行代码，因此绝不载入。</translation>
    </message>
    <message>
        <source>{0} is missing</source>
        <translation>缺少 {0}</translation>
    </message>
    <message>
        <source>{0}: {1} ({2}).</source>
        <translation>{0}：{1}（{2}）。</translation>
    </message>
    <message>
        <source>There is no model part called {0}.</source>
        <translation>没有名为 {0} 的模型部分。</translation>
    </message>
    <message>
        <source>There are: {0}.</source>
        <translation>现有：{0}。</translation>
    </message>
    <message>
        <source>The model part {0} failed its verification: {1}.</source>
        <translation>模型部分 {0} 未通过校验：{1}。</translation>
    </message>
    <message>
        <source>{0} has changed</source>
        <translation>{0} 已被改动</translation>
    </message>
    <message>
        <source>{0} cannot be read</source>
        <translation>无法读取 {0}</translation>
    </message>
    <message>
        <source>Fetch it again: mmdesk models get {0}</source>
        <translation>请重新下载：mmdesk models get {0}</translation>
    </message>
    <message>
        <source>The model part {0} ({1}) is not installed.</source>
        <translation>模型部分 {0}（{1}）尚未安装。</translation>
    </message>
    <message>
        <source>Fetch it ({0}): mmdesk models get {1}</source>
        <translation>请下载（{0}）：mmdesk models get {1}</translation>
    </message>
    <message>
        <source>Another mmdesk is just fetching {0}.</source>
        <translation>另一个 mmdesk 正在下载 {0}。</translation>
    </message>
    <message>
        <source>The fused model in {0} cannot be loaded: {1}</source>
        <translation>无法载入 {0} 中的融合模型：{1}</translation>
    </message>
    <message>
        <source>The speech part {0} cannot be loaded: {1}.</source>
        <translation>无法载入语音部分 {0}：{1}。</translation>
    </message>
    <message>
        <source>Speech in {0} is not known.</source>
        <translation>不支持 {0} 语音。</translation>
    </message>
    <message>
        <source>Use a code such as en or zh.</source>
        <translation>请使用 en 或 zh 之类的代码。</translation>
    </message>
    <message>
        <source>The vision part {0} cannot be loaded: {1} {2}.</source>
        <translation>无法载入视觉部分 {0}：{1} {2}。</translation>
    </message>
    <message>
        <source>The fused model&apos;s tokenizer {0} cannot be read: {1}</source>
        <translation>无法读取融合模型的分词器 {0}：{1}</translation>
    </message>
    <message>
        <source>The text reader&apos;s model ({0}) is missing from the rapidocr package.</source>
        <translation>rapidocr 软件包中缺少文字识别模型（{0}）。</translation>
    </message>
    <message>
        <source>Install rapidocr again.</source>
        <translation>请重新安装 rapidocr。</translation>
    </message>
    <message>
        <source>The fused model in {0} cannot be loaded: {1}.</source>
        <translation>无法载入 {0} 中的融合模型：{1}。</translation>
    </message>
    <message>
        <source>Install mmdesk again: the model comes with it.</source>
        <translation>请重新安装 mmdesk：模型随它一起提供。</translation>
    </message>
    <message>
        <source>There is no question to answer.</source>
        <translation>没有要回答的问题。</translation>
    </message>
    <message>
        <source>{0} is longer than the model can take: {1} ({2} % of it) were used, chosen for this question.</source>
        <translation>{0} 超出了模型能读的长度：只使用了{1}（占全文的 {2}%），按问题挑选。</translation>
    </message>
    <message>
        <source>There is no picture to describe.</source>
        <translation>没有可描述的图片。</translation>
    </message>
    <message>
        <source>The engine did not count the text&apos;s tokens.</source>
        <translation>引擎没有统计文本的词元数。</translation>
    </message>
    <message>
        <source>The language {0} is not known.</source>
        <translation>不支持语言 {0}。</translation>
    </message>
    <message>
        <source>A summary needs at least {0} words, not {1}.</source>
        <translation>总结至少需要 {0} 个词，不能是 {1} 个。</translation>
    </message>
    <message>
        <source>{0} has no text to summarise.</source>
        <translation>{0} 没有可总结的文字。</translation>
    </message>
    <message>
        <source>translating into {0}</source>
        <translation>正在翻译成{0}</translation>
    </message>
    <message>
        <source>The text is no longer than the summary that was asked for.</source>
        <translation>原文并不比所要求的总结更长。</translation>
    </message>
    <message>
        <source>reading part {0} of {1}</source>
        <translation>正在阅读第 {0} 部分，共 {1} 部分</translation>
    </message>
    <message>
        <source>There is no text to translate.</source>
        <translation>没有可翻译的文字。</translation>
    </message>
    <message>
        <source>The text is already in {0}.</source>
        <translation>原文已经是{0}。</translation>
    </message>
    <message>
        <source>translating</source>
        <translation>正在翻译</translation>
    </message>
    <message>
        <source>{0} may not be wholly in {1}: the model did not manage.</source>
        <translation>{0}可能没有全部译成{1}：模型未能做到。</translation>
    </message>
    <message>
        <source>the translation</source>
        <translation>译文</translation>
    </message>
    <message>
        <source>Not every number of the original is in the translation: please check them.</source>
        <translation>译文中缺少原文的部分数字：请核对。</translation>
    </message>
    <message>
        <source>Looked at {0} again: {1} perhaps {2}, too unsure to be said</source>
        <translation>又看了一遍 {0}：{1} 也许是 {2}，把握太小，未采用</translation>
    </message>
    <message>
        <source>The language model that answers.</source>
        <translation>负责回答的语言模型。</translation>
    </message>
    <message>
        <source>Writes down what is said.</source>
        <translation>把说的话写成文字。</translation>
    </message>
    <message>
        <source>Looks at pictures.</source>
        <translation>看图片。</translation>
    </message>
    <message>
        <source>Better translations and summaries; four cores and 8 GB of memory advised.</source>
        <translation>翻译和总结更好；建议四个核心和 8 GB 内存。</translation>
    </message>
    <message>
        <source>Small and English only; stands in when the default cannot be had.</source>
        <translation>很小，只会英文；默认模型无法获得时代替它。</translation>
    </message>
    <message>
        <source>only page is a picture</source>
        <translation>唯一的一页是图片</translation>
    </message>
    <message>
        <source>{0} pages are pictures</source>
        <translation>{0} 页都是图片</translation>
    </message>
    <message>
        <source>one passage</source>
        <translation>一个段落</translation>
    </message>
    <message>
        <source>{0} passages</source>
        <translation> {0} 个段落</translation>
    </message>
    <message>
        <source>One sentence</source>
        <translation>有一句话</translation>
    </message>
    <message>
        <source>{0} sentences</source>
        <translation>有 {0} 句话</translation>
    </message>
    <message>
        <source>an Excel workbook</source>
        <translation>Excel 工作簿</translation>
    </message>
    <message>
        <source>a PowerPoint presentation</source>
        <translation>PowerPoint 演示文稿</translation>
    </message>
    <message>
        <source>Looked at {0} again: {1}</source>
        <translation>又看了一遍 {0}：{1}</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷兰文</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波兰文</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典文</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其文</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>乌克兰文</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克文</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麦文</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬兰文</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>挪威文</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊文</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>希伯来文</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地文</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南文</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰文</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印尼文</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚文</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利文</translation>
    </message>
    <message>
        <source>it no longer answers</source>
        <translation>不再响应</translation>
    </message>
    <message>
        <source>killed by the system, perhaps out of memory</source>
        <translation>被系统终止，可能是内存不足</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在阅读…</translation>
    </message>
    <message>
        <source>There is nothing to score.</source>
        <translation>没有可评分的内容。</translation>
    </message>
    <message>
        <source>The engine did not score the text.</source>
        <translation>引擎没有给文本评分。</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法文</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德文</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙文</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利文</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙文</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日文</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩文</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄文</translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯文</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Language of the window</source>
        <translation>界面语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Colour scheme</source>
        <translation>配色方案</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Text size, in per cent</source>
        <translation>文字大小（百分比）</translation>
    </message>
    <message>
        <source> %</source>
        <translation>%</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Stay in the tray when the window is closed</source>
        <translation>关闭窗口后留在托盘中</translation>
    </message>
    <message>
        <source>The system&apos;s</source>
        <translation>系统默认</translation>
    </message>
    <message>
        <source>Send what was spoken at once</source>
        <translation>说完立即发送</translation>
    </message>
    <message>
        <source>Listen while the button is held</source>
        <translation>按住按钮时聆听</translation>
    </message>
    <message>
        <source>Unload the model after, in minutes</source>
        <translation>多少分钟后卸载模型</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Run the model inside the window&apos;s process</source>
        <translation>在窗口进程内运行模型</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 词元</translation>
    </message>
    <message>
        <source>0 (always the likeliest word)</source>
        <translation>0（总是选最可能的词）</translation>
    </message>
    <message>
        <source>mmdesk&apos;s own</source>
        <translation>使用 mmdesk 自带的指令</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Nothing moves by itself, not even the text cursor.</source>
        <translation>界面上没有东西会自己动，连文本光标也不闪烁。</translation>
    </message>
    <message>
        <source>Speaking</source>
        <translation>语音</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>100 tokens are about 75 English words.</source>
        <translation>100 个词元大约相当于 75 个英文单词。</translation>
    </message>
    <message>
        <source>Higher is more varied and less reliable.</source>
        <translation>数值越高，回答越多样，也越不可靠。</translation>
    </message>
    <message>
        <source>What the assistant is told before every conversation.</source>
        <translation>每次对话开始前告诉助手的内容。</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Unload after</source>
        <translation>空闲后卸载</translation>
    </message>
    <message>
        <source>Gives the model&apos;s memory back; the next question loads it again.</source>
        <translation>释放模型占用的内存；下次提问时会重新载入。</translation>
    </message>
    <message>
        <source>For debugging; takes effect at the next start.</source>
        <translation>用于调试；下次启动时生效。</translation>
    </message>
    <message>
        <source>A question can then be asked from the tray at any time.</source>
        <translation>这样随时可以从托盘提问。</translation>
    </message>
    <message>
        <source>This desktop has no tray.</source>
        <translation>此桌面没有托盘。</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>All keyboard shortcuts (F1)</source>
        <translation>所有键盘快捷键（F1）</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Show or hide the list</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>This conversation&apos;s settings</source>
        <translation>本次对话的设置</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Go to the message field</source>
        <translation>转到消息输入框</translation>
    </message>
    <message>
        <source>Paste text, pictures or files</source>
        <translation>粘贴文字、图片或文件</translation>
    </message>
    <message>
        <source>Speak, or stop speaking</source>
        <translation>开始或停止说话</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Pictures and microphone</source>
        <translation>图片和麦克风</translation>
    </message>
    <message>
        <source>Go to the next area</source>
        <translation>转到下一个区域</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Usual text size</source>
        <translation>恢复文字大小</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>显示此列表</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>功能</translation>
    </message>
    <message>
        <source>very likely</source>
        <translation>很有可能</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>有可能</translation>
    </message>
    <message>
        <source>perhaps</source>
        <translation>也许</translation>
    </message>
    <message>
        <source>a guess</source>
        <translation>猜测</translation>
    </message>
    <message>
        <source>{0} ({1})</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>What I saw and read in {0}</source>
        <translation>我在 {0} 中看到和读到的内容</translation>
    </message>
    <message>
        <source>What I saw · read</source>
        <translation>我看到的 · 读到的</translation>
    </message>
    <message>
        <source>Correct what was seen in {0}</source>
        <translation>更正在 {0} 中看到的内容</translation>
    </message>
    <message>
        <source>Correct this: your words are used in its place</source>
        <translation>更正：将改用您写的内容</translation>
    </message>
    <message>
        <source>Show all text</source>
        <translation>显示全部文字</translation>
    </message>
    <message>
        <source>Your words for {0}</source>
        <translation>您对 {0} 的描述</translation>
    </message>
    <message>
        <source>Say what the picture shows</source>
        <translation>说说图片里有什么</translation>
    </message>
    <message>
        <source>Not looked at yet</source>
        <translation>还没有看</translation>
    </message>
    <message>
        <source>In your words</source>
        <translation>您的描述</translation>
    </message>
    <message>
        <source>Nothing recognised</source>
        <translation>没有识别出内容</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Code, {0} lines.</source>
        <translation>代码，共 {0} 行。</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>How much of the model&apos;s context the conversation takes</source>
        <translation>对话占用了模型上下文的多少</translation>
    </message>
    <message>
        <source>How full the model&apos;s context is</source>
        <translation>模型上下文的占用程度</translation>
    </message>
    <message>
        <source>{0:,} / {1:,} tokens</source>
        <translation>{0:,} / {1:,} 词元</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU (CUDA)</source>
        <translation>GPU（CUDA）</translation>
    </message>
    <message>
        <source>GPU (Metal)</source>
        <translation>GPU（Metal）</translation>
    </message>
    <message>
        <source>About {0:,} of {1:,} tokens that the model can read before an answer.</source>
        <translation>回答之前模型最多可以读 {1:,} 个词元，目前约为 {0:,} 个。</translation>
    </message>
    <message>
        <source>The oldest {0} messages will be left out.</source>
        <translation>最早的 {0} 条消息将被略去。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>The model that answers</source>
        <translation>负责回答的模型</translation>
    </message>
    <message>
        <source>New chat (Ctrl+N)</source>
        <translation>新对话（Ctrl+N）</translation>
    </message>
    <message>
        <source>Show or hide the conversations</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Conversations (Ctrl+H)</source>
        <translation>对话列表（Ctrl+H）</translation>
    </message>
    <message>
        <source>This conversation: instructions, sampling (Ctrl+I)</source>
        <translation>本次对话：指令与采样（Ctrl+I）</translation>
    </message>
    <message>
        <source>Models: fetch, check, remove (Ctrl+Shift+M)</source>
        <translation>模型：下载、校验、移除（Ctrl+Shift+M）</translation>
    </message>
    <message>
        <source>Show or hide the panels</source>
        <translation>显示或隐藏面板</translation>
    </message>
    <message>
        <source>Pictures and microphone (Ctrl+B)</source>
        <translation>图片和麦克风（Ctrl+B）</translation>
    </message>
    <message>
        <source>Settings (Ctrl+,)</source>
        <translation>设置（Ctrl+,）</translation>
    </message>
    <message>
        <source>{0} (not fetched, {1})</source>
        <translation>{0}（未下载，{1}）</translation>
    </message>
    <message>
        <source>It can be fetched on the page of the models (Ctrl+Shift+M)</source>
        <translation>可以在模型页面下载（Ctrl+Shift+M）</translation>
    </message>
    <message>
        <source>Go to the newest words</source>
        <translation>跳到最新内容</translation>
    </message>
    <message>
        <source>Quick question</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Ask mmdesk</source>
        <translation>问问 mmdesk</translation>
    </message>
    <message>
        <source>Your question</source>
        <translation>您的问题</translation>
    </message>
    <message>
        <source>Quick question…</source>
        <translation>快速提问…</translation>
    </message>
    <message>
        <source>Open the window</source>
        <translation>打开窗口</translation>
    </message>
    <message>
        <source>{0:,} characters</source>
        <translation>{0:,} 个字符</translation>
    </message>
    <message>
        <source>{0} pages</source>
        <translation>{0} 页</translation>
    </message>
    <message>
        <source>Your message, to be changed</source>
        <translation>您的消息（可修改）</translation>
    </message>
    <message>
        <source>The earlier version is kept.</source>
        <translation>之前的版本会保留。</translation>
    </message>
    <message>
        <source>You said</source>
        <translation>您说</translation>
    </message>
    <message>
        <source>Your message</source>
        <translation>您的消息</translation>
    </message>
    <message>
        <source>Copy the message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Versions of this message</source>
        <translation>这条消息的各个版本</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Empty conversation</source>
        <translation>空对话</translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation>今天想做点什么？</translation>
    </message>
    <message>
        <source>Ask something, drop a picture or a document anywhere, or speak. Everything stays on this machine.</source>
        <translation>提个问题，把图片或文档拖放到任意位置，或者直接说话。所有内容都留在本机。</translation>
    </message>
    <message>
        <source>Explain how a hash table works, with a short Python example</source>
        <translation>讲讲哈希表的工作原理，并给一个简短的 Python 例子</translation>
    </message>
    <message>
        <source>Translate into Chinese: Where is the railway station?</source>
        <translation>翻译成英文：请问火车站在哪里？</translation>
    </message>
    <message>
        <source>Looking for the model…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>The log in {folder} has the details.</source>
        <translation>详情请看 {folder} 中的日志。</translation>
    </message>
    <message>
        <source>Describe this picture.</source>
        <translation>请描述这张图片。</translation>
    </message>
    <message>
        <source>Describe these pictures.</source>
        <translation>请描述这些图片。</translation>
    </message>
    <message>
        <source>Summarise this in about {words} words.</source>
        <translation>请用大约 {words} 个词总结这份内容。</translation>
    </message>
    <message>
        <source>Translate this into {language}.</source>
        <translation>请把这份内容翻译成{language}。</translation>
    </message>
    <message>
        <source>Exported to {path}</source>
        <translation>已导出到 {path}</translation>
    </message>
    <message>
        <source>The settings cannot be saved: {reason}.</source>
        <translation>无法保存设置：{reason}。</translation>
    </message>
    <message>
        <source>Checked: every byte is as it should be.</source>
        <translation>校验完毕：每个字节都正确。</translation>
    </message>
    <message>
        <source>The check was stopped.</source>
        <translation>校验已停止。</translation>
    </message>
    <message>
        <source>The model is not in memory; a question loads it.</source>
        <translation>模型不在内存中；提问时会载入。</translation>
    </message>
    <message>
        <source>This conversation&apos;s own model {0} is not installed any more; {1} answers.</source>
        <translation>本次对话原来的模型 {0} 已不在本机；现在由 {1} 回答。</translation>
    </message>
    <message>
        <source>An answer needs at least 1 token and a context of 512.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>AskMessage again: it starts anew. If it happens again, close other programs or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model cannot be unloaded after a negative time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The temperature cannot be negative.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Fetcher</name>
    <message>
        <source>Fetching stopped unexpectedly.</source>
        <translation>下载意外停止。</translation>
    </message>
    <message>
        <source>Try again: it carries on where it stopped.</source>
        <translation>请重试：会从停下的地方继续。</translation>
    </message>
</context>
<context>
    <name>FileLoader</name>
    <message>
        <source>{name} took too long to read.</source>
        <translation>读取 {name} 用时过长。</translation>
    </message>
    <message>
        <source>Try a part of it.</source>
        <translation>请只用其中一部分试试。</translation>
    </message>
    <message>
        <source>{name} could not be read: it brought the decoder down.</source>
        <translation>无法读取 {name}：它使解码程序崩溃了。</translation>
    </message>
    <message>
        <source>The file may be damaged.</source>
        <translation>文件可能已损坏。</translation>
    </message>
</context>
<context>
    <name>ModelParts</name>
    <message>
        <source>The language model is not there yet.</source>
        <translation>语言模型还没有准备好。</translation>
    </message>
    <message>
        <source>{part} could not be had from any source; {other} takes its place.</source>
        <translation>从任何来源都下载不到 {part}，暂由 {other} 代替。</translation>
    </message>
    <message>
        <source>Fetching was cancelled.</source>
        <translation>下载已取消。</translation>
    </message>
    <message>
        <source>Retry carries on where it stopped.</source>
        <translation>重试时会从停下的地方继续。</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>waiting for the answer in another conversation</source>
        <translation>正在等待另一个对话的回答</translation>
    </message>
    <message>
        <source>Answering…</source>
        <translation>正在回答…</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在载入模型…</translation>
    </message>
    <message>
        <source>Writing down what was said…</source>
        <translation>正在把语音写成文字…</translation>
    </message>
    <message>
        <source>Looking at the picture…</source>
        <translation>正在看图片…</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在阅读…</translation>
    </message>
</context>
</TS>
